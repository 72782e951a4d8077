"""How fast somebody may fail: freely first, then after waits that double, for good never (T13)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core.pace import (
    Failures,
    Pace,
    after_a_success,
    after_another,
    free_at,
    level_at,
    wait_after,
    wait_left,
)

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
PACE = Pace(free=5, first=MINUTE, longest=15 * MINUTE, forget=15 * MINUTE)

paces = st.builds(
    Pace,
    free=st.integers(1, 60),
    first=st.timedeltas(SECOND, 2 * MINUTE),
    longest=st.timedeltas(2 * MINUTE, HOUR),
    forget=st.timedeltas(SECOND, HOUR),
)


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(0, 0), (1, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 15), (10, 15), (10_000, 15)],
)
def test_the_first_failures_are_free_and_then_each_wait_is_twice_the_last(failures, minutes):
    assert wait_after(PACE, failures) == minutes * MINUTE


def in_a_row(pace, count, *, now=NOON):
    failures = None
    for _ in range(count):
        failures = after_another(pace, failures, now)
    return failures


@pytest.mark.parametrize(
    ("count", "wait"), [(4, timedelta(0)), (5, MINUTE), (6, 2 * MINUTE), (9, 15 * MINUTE)]
)
def test_the_wait_ends_to_the_second(count, wait):
    assert free_at(PACE, in_a_row(PACE, count)) == NOON + wait


@pytest.mark.parametrize(
    ("passed", "level"),
    [(timedelta(0), 5), (15 * MINUTE, 4), (75 * MINUTE, 0), (timedelta(days=9), 0), (-HOUR, 5)],
)
def test_failures_are_forgotten_one_by_one_and_by_no_clock_that_is_set_back(passed, level):
    assert level_at(PACE, Failures(5, NOON), NOON + passed) == level


@pytest.mark.parametrize(
    ("count", "now", "left"),
    [
        (4, NOON, 0),
        (4, NOON - HOUR, 0),
        (5, NOON, 60),
        (5, NOON + 59 * SECOND, 1),
        (5, NOON + MINUTE, 0),
        (5, NOON - SECOND, 61),
    ],
)
def test_a_clock_that_is_behind_makes_nobody_wait_who_need_not(count, now, left):
    assert wait_left(PACE, in_a_row(PACE, count), now) == left * SECOND


def test_a_success_takes_itself_back_and_no_other():
    five = in_a_row(PACE, 5)

    assert after_a_success(after_another(PACE, five, NOON)) == five
    assert after_a_success(Failures(0.5, NOON)).level == 0


@given(paces, st.floats(0, 1e6), st.floats(0, 1e6))
def test_more_failures_never_wait_less_and_nobody_waits_longer_than_the_longest(pace, one, other):
    fewer, more = sorted((one, other))

    assert timedelta(0) <= wait_after(pace, fewer) <= wait_after(pace, more) <= pace.longest


@given(paces, st.integers(0, 200), st.timedeltas(timedelta(0), timedelta(days=30)))
def test_after_the_longest_wait_everybody_is_let_in(pace, count, later):
    failures = in_a_row(pace, count + 1)

    assert free_at(pace, failures) <= NOON + pace.longest
    assert level_at(pace, failures, NOON + later) <= failures.level


@given(paces, st.integers(1, 100))
def test_who_rests_long_enough_starts_anew(pace, count):
    failures = in_a_row(pace, count)
    rested = NOON + count * pace.forget

    assert level_at(pace, failures, rested) == pytest.approx(0, abs=1e-6)
    assert wait_after(pace, after_another(pace, failures, rested).level) in (
        timedelta(0),
        pace.first,
    )


def most_in_an_hour(pace, pauses):
    """Somebody who fails after each of *pauses*, or as soon as they may after that."""
    failures, now, times = None, NOON, []
    for pause in pauses:
        failures = after_another(pace, failures, now)
        times.append(now)
        now = max(now + pause, free_at(pace, failures))
    return max(sum(start <= at < start + HOUR for at in times) for start in times)


@pytest.mark.parametrize(
    ("pace", "most"), [(SignIn().account_pace, 20), (SignIn().network_pace, 100)]
)
def test_no_hour_sees_more_failures_than_the_clinic_lets_happen_without_a_pause(pace, most):
    assert most_in_an_hour(pace, [timedelta(0)] * 400) <= most


@given(st.lists(st.timedeltas(timedelta(0), 3 * HOUR), min_size=1, max_size=120))
def test_no_hour_sees_more_failures_than_the_clinic_lets_happen_whatever_the_pauses(pauses):
    assert most_in_an_hour(SignIn().account_pace, pauses) <= 20
    assert most_in_an_hour(SignIn().network_pace, pauses) <= 100
