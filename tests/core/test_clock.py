"""Instants and wall clocks, where the clocks of the clinics' countries change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicweb.core import clock

SANTIAGO, TIJUANA = "America/Santiago", "America/Tijuana"
BOGOTA, ASUNCION = "America/Bogota", "America/Asuncion"
HAVANA, JUAREZ = "America/Havana", "America/Ciudad_Juarez"
ZONES = (SANTIAGO, TIJUANA, BOGOTA, ASUNCION, HAVANA, JUAREZ)

days = st.dates(min_value=date(2024, 1, 1), max_value=date(2030, 12, 31))
times = st.times().map(lambda at: at.replace(microsecond=0))
zones = st.sampled_from(ZONES)

# (zone, day, first wall time that does not exist, first that does again)
GAPS = [
    (SANTIAGO, date(2026, 9, 6), time(0, 0), time(1, 0)),
    (SANTIAGO, date(2027, 9, 5), time(0, 0), time(1, 0)),
    (TIJUANA, date(2026, 3, 8), time(2, 0), time(3, 0)),
    (TIJUANA, date(2027, 3, 14), time(2, 0), time(3, 0)),
    (JUAREZ, date(2026, 3, 8), time(2, 0), time(3, 0)),
    (HAVANA, date(2026, 3, 8), time(0, 0), time(1, 0)),
]

# (zone, day, first wall time that happens twice, offset of the first of both, in hours)
FOLDS = [
    (SANTIAGO, date(2026, 4, 4), time(23, 0), -3),
    (SANTIAGO, date(2027, 4, 3), time(23, 0), -3),
    (TIJUANA, date(2026, 11, 1), time(1, 0), -7),
    (TIJUANA, date(2027, 11, 7), time(1, 0), -7),
    (JUAREZ, date(2026, 11, 1), time(1, 0), -6),
    (HAVANA, date(2026, 11, 1), time(0, 0), -4),
]


def before(at: time) -> time:
    return (datetime.combine(date(2026, 1, 2), at) - timedelta(seconds=1)).time()


@pytest.mark.parametrize(("zone", "day", "first", "again"), GAPS)
def test_a_time_the_clocks_jump_over_is_no_instant(zone: str, day: date, first: time, again: time):
    assert clock.instant_of(day, first, zone) is None
    assert clock.instant_of(day, before(again), zone) is None
    after = clock.instant_of(day, again, zone)
    assert after is not None
    assert clock.local(after - timedelta(seconds=1), zone).time() == before(first)


@pytest.mark.parametrize(("zone", "day", "at", "hours"), FOLDS)
def test_of_a_time_that_happens_twice_the_first_is_meant(
    zone: str, day: date, at: time, hours: int
):
    instant = clock.instant_of(day, at, zone)

    wall = datetime.combine(day, at, UTC)
    assert instant == wall - timedelta(hours=hours)
    again = clock.local(instant + timedelta(hours=1), zone)
    assert (again.date(), again.time()) == (day, at)


@pytest.mark.parametrize("zone", [BOGOTA, ASUNCION])
def test_where_no_clock_changes_each_time_happens_once(zone: str):
    first = date(2024, 11, 1)

    offsets = {
        ZoneInfo(zone).utcoffset(datetime.combine(first + timedelta(days=n), time(12)))
        for n in range(6 * 365)
    }

    assert len(offsets) == 1


def test_the_zone_data_are_newer_than_asuncions_last_change():
    noon = clock.instant_of(date(2027, 7, 1), time(12), ASUNCION)

    assert noon == datetime(2027, 7, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "hour"),
    [
        (SANTIAGO, date(2026, 9, 6), datetime(2026, 9, 6, 4, tzinfo=UTC)),
        (SANTIAGO, date(2026, 9, 7), datetime(2026, 9, 7, 3, tzinfo=UTC)),
        (HAVANA, date(2026, 3, 8), datetime(2026, 3, 8, 5, tzinfo=UTC)),
        (HAVANA, date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC)),
        (BOGOTA, date(2026, 9, 6), datetime(2026, 9, 6, 5, tzinfo=UTC)),
    ],
)
def test_a_day_begins_even_where_its_midnight_does_not_exist(zone: str, day: date, hour: datetime):
    assert clock.start_of_day(day, zone) == hour


@given(day=days, at=times, zone=zones)
def test_an_instant_shows_the_time_it_was_made_of(day: date, at: time, zone: str):
    instant = clock.instant_of(day, at, zone)

    if instant is None:
        assert at.hour in (0, 2)
        return
    there = clock.local(instant, zone)
    assert (there.date(), there.time()) == (day, at)
    earlier = clock.local(instant - timedelta(hours=1), zone)
    assert (earlier.date(), earlier.time()) != (day, at)


@given(day=days, zone=zones)
def test_a_day_begins_once_and_right_after_the_one_before(day: date, zone: str):
    start = clock.start_of_day(day, zone)

    assert clock.local_day(start, zone) == day
    assert clock.local_day(start - timedelta(microseconds=1), zone) == day - timedelta(days=1)


@given(instant=st.datetimes(timezones=st.just(UTC)))
def test_a_frozen_clock_stands_still_and_goes_on_afterwards(instant: datetime):
    with clock.frozen(instant):
        first, second = clock.now(), clock.now()

    assert first == second == instant
    assert clock.now() > datetime(2026, 1, 1, tzinfo=UTC)
