"""Who may take or give back an hour: every combination, and the boundaries to the second."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicweb.booking.policy import (
    BARRED,
    JOIN_EARLY,
    JOIN_OVER,
    LATE_RELEASE,
    PATIENT_BUSY,
    RELEASE_NOT_ACTIVE,
    SLOT_TAKEN,
    TOO_LATE_TO_BOOK,
    TOO_MANY_AHEAD,
    WEB_QUOTA_TAKEN,
    AppointmentFacts,
    HourRules,
    JoinFacts,
    PersonFacts,
    SlotFacts,
    may_book,
    may_join,
    may_release,
)

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
RULES = HourRules(timedelta(hours=1), timedelta(minutes=15), most_ahead=2)
NO_NOTICE = HourRules(book_notice=timedelta(0), release_notice=timedelta(0))

spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))
instants = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001  the strategy adds the zone
    max_value=datetime(2030, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
hour_rules = st.builds(
    HourRules, book_notice=spans, release_notice=spans, most_ahead=st.integers(0, 4)
)
slot_facts = st.builds(
    SlotFacts,
    starts_at=instants,
    is_free=st.booleans(),
    held_by_other_until=st.none() | instants,
    web_left=st.none() | st.integers(-2, 3),
)
people = st.builds(
    PersonFacts, is_busy=st.booleans(), ahead=st.integers(0, 4), is_barred=st.booleans()
)


def an_hour(**changes: object) -> SlotFacts:
    values = {
        "starts_at": NOON,
        "is_free": True,
        "held_by_other_until": None,
    }
    return SlotFacts(**{**values, **changes})  # type: ignore[arg-type]


NOBODY = PersonFacts()
EITHER = (True, False)
HELD = (None, "lapsed", "running")
WEB_LEFT = (None, 1, 0)
AHEAD = (1, 2)


@pytest.mark.parametrize(
    ("is_barred", "is_free", "held", "is_late", "web_left", "is_busy", "ahead"),
    list(product(EITHER, EITHER, HELD, EITHER, WEB_LEFT, EITHER, AHEAD)),
)
def test_the_first_reason_against_an_hour_is_told(
    *,
    is_barred: bool,
    is_free: bool,
    held: str | None,
    is_late: bool,
    web_left: int | None,
    is_busy: bool,
    ahead: int,
):
    now = NOON - timedelta(minutes=10 if is_late else 90)
    until = {None: None, "lapsed": now, "running": now + SECOND}[held]
    facts = an_hour(is_free=is_free, held_by_other_until=until, web_left=web_left)
    person = PersonFacts(is_busy=is_busy, ahead=ahead, is_barred=is_barred)

    decision = may_book(RULES, facts, person, now=now)

    against = [
        (is_barred, BARRED),
        (not is_free or held == "running", SLOT_TAKEN),
        (is_late, TOO_LATE_TO_BOOK),
        (web_left == 0, WEB_QUOTA_TAKEN),
        (is_busy, PATIENT_BUSY),
        (ahead == 2, TOO_MANY_AHEAD),
    ]
    assert decision.reason == next((reason for holds, reason in against if holds), None)
    assert decision.allowed == (decision.reason is None)


@pytest.mark.parametrize(
    ("notice", "reason"),
    [
        (timedelta(hours=1) + TICK, None),
        (timedelta(hours=1), None),
        (timedelta(hours=1) - TICK, TOO_LATE_TO_BOOK),
        (timedelta(hours=1) - SECOND, TOO_LATE_TO_BOOK),
        (timedelta(0), TOO_LATE_TO_BOOK),
        (-SECOND, TOO_LATE_TO_BOOK),
    ],
)
def test_an_hour_can_be_taken_until_the_notice_begins(notice: timedelta, reason: str | None):
    decision = may_book(RULES, an_hour(), NOBODY, now=NOON - notice)

    assert decision.reason == reason


@pytest.mark.parametrize(("before", "reason"), [(SECOND, None), (0 * SECOND, TOO_LATE_TO_BOOK)])
def test_without_notice_an_hour_can_be_taken_until_it_begins(before: timedelta, reason: str | None):
    decision = may_book(NO_NOTICE, an_hour(), NOBODY, now=NOON - before)

    assert decision.reason == reason


@pytest.mark.parametrize(
    ("lapses_in", "reason"), [(TICK, SLOT_TAKEN), (0 * TICK, None), (-SECOND, None)]
)
def test_anothers_hold_counts_until_its_very_end(lapses_in: timedelta, reason: str | None):
    now = NOON - timedelta(hours=2)

    decision = may_book(RULES, an_hour(held_by_other_until=now + lapses_in), NOBODY, now=now)

    assert decision.reason == reason


@pytest.mark.parametrize(
    ("notice", "reason"),
    [
        (timedelta(minutes=15) + TICK, None),
        (timedelta(minutes=15), None),
        (timedelta(minutes=15) - TICK, LATE_RELEASE),
        (timedelta(minutes=14, seconds=59), LATE_RELEASE),
        (timedelta(0), LATE_RELEASE),
        (-SECOND, LATE_RELEASE),
    ],
)
def test_an_hour_can_be_released_until_the_notice_ends(notice: timedelta, reason: str | None):
    decision = may_release(RULES, AppointmentFacts(NOON, is_active=True), now=NOON - notice)

    assert decision.reason == reason


@pytest.mark.parametrize(("before", "reason"), [(SECOND, None), (0 * SECOND, LATE_RELEASE)])
def test_without_notice_an_hour_can_be_released_until_it_begins(
    before: timedelta, reason: str | None
):
    decision = may_release(NO_NOTICE, AppointmentFacts(NOON, is_active=True), now=NOON - before)

    assert decision.reason == reason


@pytest.mark.parametrize("notice", [timedelta(days=1), timedelta(minutes=1), -timedelta(days=1)])
def test_what_is_over_or_released_is_so_at_any_time(notice: timedelta):
    decision = may_release(RULES, AppointmentFacts(NOON, is_active=False), now=NOON - notice)

    assert decision.reason == RELEASE_NOT_ACTIVE


@given(rules=hour_rules, facts=slot_facts, person=people, now=instants)
def test_only_a_free_hour_within_all_limits_is_given_and_to_nobody_barred(
    rules: HourRules, facts: SlotFacts, person: PersonFacts, now: datetime
):
    decision = may_book(rules, facts, person, now=now)

    held = facts.held_by_other_until is not None and facts.held_by_other_until > now
    late = facts.starts_at <= now or facts.starts_at < now + rules.book_notice
    assert decision.allowed == (
        facts.is_free
        and not held
        and not late
        and (facts.web_left is None or facts.web_left > 0)
        and not person.is_busy
        and (rules.most_ahead == 0 or person.ahead < rules.most_ahead)
        and not person.is_barred
    )


@given(rules=hour_rules, starts_at=instants, now=instants, later=spans)
def test_who_is_too_late_once_stays_too_late(
    rules: HourRules, starts_at: datetime, now: datetime, later: timedelta
):
    facts = AppointmentFacts(starts_at, is_active=True)
    taken = an_hour(starts_at=starts_at)

    if not may_release(rules, facts, now=now).allowed:
        assert may_release(rules, facts, now=now + later).reason == LATE_RELEASE
    if not may_book(rules, taken, NOBODY, now=now).allowed:
        assert may_book(rules, taken, NOBODY, now=now + later).reason == TOO_LATE_TO_BOOK


@pytest.mark.parametrize(
    ("since_start", "reason"),
    [
        (timedelta(minutes=-30, seconds=-1), JOIN_EARLY),
        (timedelta(minutes=-30), None),
        (timedelta(0), None),
        (timedelta(minutes=30, seconds=-1), None),
        (timedelta(minutes=30), JOIN_OVER),
    ],
)
def test_the_room_is_open_from_half_an_hour_before_until_the_end(since_start, reason):
    """S0-31, to the second."""
    begins = datetime(2027, 4, 4, 3, 15, tzinfo=UTC)  # the night in which Santiago's clocks go back
    facts = JoinFacts(begins, begins + timedelta(minutes=30), is_live=True)

    decision = may_join(timedelta(minutes=30), facts, now=begins + since_start)

    assert decision.reason == reason
    cancelled = replace(facts, is_live=False)
    assert may_join(timedelta(minutes=30), cancelled, now=begins + since_start).reason == JOIN_OVER
