"""When an hour can be changed for another, and what that costs: to the second."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicweb.booking.policy import (
    LATE_CANCELLATION,
    LATE_CHANGE,
    LATE_MOVE,
    MOVE_NOT_ACTIVE,
    NOT_MOVED_ON_THE_WEB,
    REPEATED_CANCELLATION,
    AppointmentFacts,
    Consequence,
    HourRules,
    SanctionRules,
    consequence_of_move,
    consequence_of_release,
    is_counted,
    may_move,
)

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
UNTIL = date(2026, 4, 2)
SECOND = timedelta(seconds=1)
notices = st.integers(0, 3 * 86400).map(lambda seconds: timedelta(seconds=seconds))
counting = st.sampled_from(["never", "late", "always"])


def rules_with(notice: timedelta) -> HourRules:
    return HourRules(timedelta(0), timedelta(0), move_notice=notice)


@pytest.mark.parametrize(
    ("left", "reason"),
    [
        (timedelta(minutes=15), None),
        (timedelta(minutes=15) - SECOND, LATE_MOVE),
        (timedelta(0), LATE_MOVE),
        (-SECOND, LATE_MOVE),
    ],
)
def test_an_hour_can_be_changed_until_the_notice_begins(left: timedelta, reason: str | None):
    facts = AppointmentFacts(NOON, is_active=True)

    assert may_move(rules_with(timedelta(minutes=15)), facts, now=NOON - left).reason == reason


@pytest.mark.parametrize(("left", "reason"), [(SECOND, None), (timedelta(0), LATE_MOVE)])
def test_without_a_notice_until_it_begins(left: timedelta, reason: str | None):
    facts = AppointmentFacts(NOON, is_active=True)

    assert may_move(rules_with(timedelta(0)), facts, now=NOON - left).reason == reason


@given(notices, st.integers(-86400, 86400), st.booleans(), st.booleans(), st.booleans())
def test_the_first_rule_that_is_broken_is_the_one_told(
    notice: timedelta, seconds: int, is_active: bool, is_affected: bool, is_on_web: bool
):
    facts = AppointmentFacts(NOON, is_active, is_affected=is_affected, is_on_web=is_on_web)
    left = timedelta(seconds=seconds)

    found = may_move(rules_with(notice), facts, now=NOON - left)

    if not is_active:
        assert found.reason == MOVE_NOT_ACTIVE
    elif not is_on_web:
        assert found.reason == NOT_MOVED_ON_THE_WEB
    else:
        in_time = seconds > 0 and left >= notice
        assert found.reason == (None if is_affected or in_time else LATE_MOVE)


@pytest.mark.parametrize(
    ("counts", "of_release", "expected"),
    [
        ("never", LATE_CANCELLATION, None),
        ("never", REPEATED_CANCELLATION, None),
        ("late", LATE_CANCELLATION, LATE_CHANGE),
        ("late", REPEATED_CANCELLATION, None),
        ("always", LATE_CANCELLATION, LATE_CHANGE),
        ("always", REPEATED_CANCELLATION, REPEATED_CANCELLATION),
    ],
)
def test_a_change_costs_what_the_clinic_says(counts: str, of_release: str, expected: str | None):
    found = consequence_of_move(counts, Consequence(of_release, UNTIL))

    assert found == (Consequence(expected, UNTIL) if expected else None)


@given(
    counting,
    st.integers(1, 366),
    st.integers(0, 72),
    st.integers(-3600, 4 * 86400),
    st.lists(st.integers(0, 14 * 86400), max_size=5),
)
def test_no_change_costs_more_than_giving_the_hour_back(
    counts: str, days: int, late: int, left: int, earlier: list[int]
):
    numbers = SanctionRules(days, timedelta(hours=late), 3, timedelta(days=7))
    before = [NOON - timedelta(seconds=seconds) for seconds in earlier]
    starts_at, today = NOON + timedelta(seconds=left), NOON.date()
    of_release = consequence_of_release(numbers, starts_at, before, now=NOON, today=today)

    found = consequence_of_move(counts, of_release)

    is_late = bool(late) and timedelta(seconds=left) <= timedelta(hours=late)
    if counts == "never":
        assert found is None
    elif counts == "late":
        assert (found is not None) == is_late
    else:
        assert (found is None) == (of_release is None)
    if found is not None:
        assert of_release is not None
        assert found.until == of_release.until
        assert (found.reason == LATE_CHANGE) == is_late


@given(counting, st.sampled_from([None, LATE_CHANGE, REPEATED_CANCELLATION]))
def test_what_costs_is_counted_and_all_where_all_count(counts: str, reason: str | None):
    cost = Consequence(reason, UNTIL) if reason else None

    assert is_counted(counts, cost) == (counts == "always" or cost is not None)
