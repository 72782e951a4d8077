"""When a reminder is due: to the second, and never two at once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clinicweb.reminders.policy import ReminderFacts, is_worth_sending, reminders_due

START = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)
LONG_AGO = START - timedelta(days=30)
SECOND = timedelta(seconds=1)
FACTS = ReminderFacts(START, LONG_AGO)

hours = st.lists(st.integers(1, 24 * 14), min_size=1, max_size=4, unique=True)
spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=20))


def test_it_is_due_at_its_time_and_not_a_second_before():
    due_at = START - timedelta(hours=24)

    assert reminders_due((24, 2), FACTS, now=due_at - SECOND) == ()
    assert reminders_due((24, 2), FACTS, now=due_at) == (24,)
    assert reminders_due((24, 2), FACTS, now=START - timedelta(hours=2)) == (2, 24)


def test_nobody_is_reminded_of_what_has_begun():
    assert reminders_due((24, 2), FACTS, now=START - SECOND) == (2, 24)
    assert reminders_due((24, 2), FACTS, now=START) == ()


def test_whoever_booked_within_the_reminders_time_needs_none():
    booked_at = START - timedelta(hours=24)

    assert not is_worth_sending(24, ReminderFacts(START, booked_at))
    assert is_worth_sending(24, ReminderFacts(START, booked_at - SECOND))
    assert is_worth_sending(2, ReminderFacts(START, booked_at))


@given(hours=hours, left=spans)
def test_what_is_due_stays_due_until_the_beginning(hours: list[int], left: timedelta):
    now = START - left
    due = reminders_due(hours, FACTS, now=now)
    later = reminders_due(hours, FACTS, now=now + left / 2)

    assert list(due) == sorted(due)
    assert set(due) <= set(hours)
    if left > timedelta(0):
        assert set(due) <= set(later)
