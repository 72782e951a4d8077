"""What a cancellation costs: every combination, to the second, whatever the clocks do (S3-38)."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicweb.booking.policy import (
    LATE_CANCELLATION,
    REPEATED_CANCELLATION,
    Consequence,
    SanctionRules,
    agrees,
    consequence_of_release,
    is_in_force,
)
from clinicweb.core import clock

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
TODAY = date(2026, 3, 4)
UNTIL = date(2026, 4, 3)
SECOND, TICK = timedelta(seconds=1), timedelta(microseconds=1)
HOURS, DAYS = timedelta(hours=6), timedelta(days=7)
RULES = SanctionRules(days=30, late=HOURS, most_cancellations=3, window=DAYS)
# Where clocks jump within the thirty days; in Santiago at midnight itself, both ways.
CHANGES = [
    ("America/Santiago", date(2026, 4, 4)),
    ("America/Santiago", date(2026, 9, 6)),
    ("America/Tijuana", date(2026, 11, 1)),
    ("America/Tijuana", date(2027, 3, 14)),
    ("America/Asuncion", date(2024, 3, 24)),
    ("America/Asuncion", date(2026, 10, 4)),
]

instants = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001  the strategy adds the zone
    max_value=datetime(2030, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
rules_of_any_clinic = st.builds(
    SanctionRules,
    days=st.integers(0, 366),
    late=st.integers(0, 168).map(lambda hours: timedelta(hours=hours)),
    most_cancellations=st.integers(0, 5),
    window=st.integers(1, 90).map(lambda days: timedelta(days=days)),
)
ages = st.lists(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=100)), max_size=6)


def cost(notice: timedelta, *ages: timedelta, rules: SanctionRules = RULES) -> Consequence | None:
    """Of giving back now what begins in *notice*, after cancellations that are so old."""
    earlier = [NOW - age for age in ages]
    return consequence_of_release(rules, NOW + notice, earlier, now=NOW, today=TODAY)


@pytest.mark.parametrize(
    ("notice", "is_late"),
    [
        (HOURS + SECOND, False),
        (HOURS + TICK, False),
        (HOURS, True),
        (HOURS - TICK, True),
        (timedelta(minutes=15), True),
    ],
)
def test_six_hours_before_are_late_themselves(notice: timedelta, is_late: bool):
    assert cost(notice) == (Consequence(LATE_CANCELLATION, UNTIL) if is_late else None)


@pytest.mark.parametrize(
    ("oldest", "counts"), [(DAYS - TICK, True), (DAYS, False), (DAYS + SECOND, False)]
)
def test_the_week_is_the_one_that_ends_now(oldest: timedelta, counts: bool):
    found = cost(DAYS, oldest, SECOND)

    assert found == (Consequence(REPEATED_CANCELLATION, UNTIL) if counts else None)


@pytest.mark.parametrize(
    ("has_days", "is_late", "before"), list(product((True, False), (True, False), range(5)))
)
def test_every_combination(has_days: bool, is_late: bool, before: int):
    rules = RULES if has_days else SanctionRules(0, HOURS, 3, DAYS)

    found = cost(HOURS if is_late else DAYS, *[SECOND] * before, rules=rules)

    reason = LATE_CANCELLATION if is_late else REPEATED_CANCELLATION if before >= 2 else None
    assert (found.reason if found else None) == (reason if has_days else None)


def test_each_number_can_be_switched_off_alone():
    never_late = SanctionRules(30, timedelta(0), 3, DAYS)
    any_number = SanctionRules(30, HOURS, 0, DAYS)

    assert cost(SECOND, rules=never_late) is None
    assert cost(DAYS, *[SECOND] * 9, rules=any_number) is None


@given(rules=rules_of_any_clinic, starts_at=instants, now=instants, old=ages)
def test_a_sanction_has_a_reason_that_holds_and_ends_so_many_days_later(
    rules: SanctionRules, starts_at: datetime, now: datetime, old: list[timedelta]
):
    today, earlier = now.date(), [now - age for age in old]

    found = consequence_of_release(rules, starts_at, earlier, now=now, today=today)

    late = bool(rules.late) and starts_at <= now + rules.late
    recent = [instant for instant in earlier if instant > now - rules.window]
    often = bool(rules.most_cancellations) and len(recent) >= rules.most_cancellations - 1
    assert (found is not None) == (rules.days > 0 and (late or often))
    if found is not None:
        assert found.until - today == timedelta(days=rules.days)
        assert found.reason == (LATE_CANCELLATION if late else REPEATED_CANCELLATION)
        assert is_in_force(found.until, today=today)


@given(rules=rules_of_any_clinic, starts_at=instants, now=instants, old=ages)
def test_to_wait_for_the_hour_never_makes_it_cheaper_than_late(
    rules: SanctionRules, starts_at: datetime, now: datetime, old: list[timedelta]
):
    earlier = [now - age for age in old]
    found = consequence_of_release(rules, starts_at, earlier, now=now, today=now.date())

    if found is not None and found.reason == LATE_CANCELLATION:
        later = now + timedelta(minutes=1)
        again = consequence_of_release(rules, starts_at, earlier, now=later, today=later.date())
        assert again is not None
        assert again.reason == LATE_CANCELLATION


@pytest.mark.parametrize(("zone", "change"), CHANGES)
@pytest.mark.parametrize("at", [time(0, 0), time(0, 30), time(12), time(23, 59, 59)])
@pytest.mark.parametrize("before", [30, 12, 1, 0])
def test_a_sanction_ends_with_the_beginning_of_a_day(
    zone: str, change: date, at: time, before: int
):
    cancelled_at = clock.instant_from(change - timedelta(days=before), at, zone)
    today = clock.local_day(cancelled_at, zone)
    found = consequence_of_release(RULES, cancelled_at + HOURS, [], now=cancelled_at, today=today)
    assert found is not None

    free_again = clock.start_of_day(found.until, zone)

    assert found.until == today + timedelta(days=30)
    assert not is_in_force(found.until, today=clock.local_day(free_again, zone))
    assert is_in_force(found.until, today=clock.local_day(free_again - SECOND, zone))
    # Thirty days as people count them: never more than an hour longer than by the clock.
    assert free_again - cancelled_at <= timedelta(days=30, hours=1)


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_hours_before_are_hours_that_pass_not_hours_on_the_wall(zone: str, change: date):
    noon = clock.instant_from(change, time(12), zone)

    late = consequence_of_release(RULES, noon, [], now=noon - HOURS, today=change)
    in_time = consequence_of_release(RULES, noon, [], now=noon - HOURS - SECOND, today=change)

    assert late is not None
    assert in_time is None


def test_what_was_shown_is_what_is_agreed_to():
    late, often = Consequence(LATE_CANCELLATION, UNTIL), Consequence(REPEATED_CANCELLATION, UNTIL)

    assert agrees(late, late.code)
    assert not agrees(late, "")
    assert not agrees(late, often.code)
    assert not agrees(late, Consequence(LATE_CANCELLATION, UNTIL + timedelta(days=1)).code)
    assert agrees(None, "")
    assert agrees(None, late.code)  # it costs nothing by now: nobody minds
