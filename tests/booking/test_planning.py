"""From weekly agendas to hours, on both sides of every clock change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clinicweb.booking.publishing import AgendaRule, Closed, PlannedHour, plan_hours
from clinicweb.core import clock

SANTIAGO, TIJUANA, HAVANA = "America/Santiago", "America/Tijuana", "America/Havana"
ZONES = (
    SANTIAGO, TIJUANA, HAVANA, "America/Bogota", "America/Asuncion", "America/Ciudad_Juarez",
)  # fmt: skip
EVER = date(2024, 1, 1)


def a_rule(**changes: object) -> AgendaRule:
    values = {
        "practitioner_id": 1,
        "service_id": 2,
        "site_id": 3,
        "modality": "virtual",
        "weekday": 1,
        "from_time": time(10),
        "to_time": time(12),
        "slot_minutes": 30,
        "valid_from": EVER,
        "valid_to": None,
        "zone": SANTIAGO,
    }
    return AgendaRule(**{**values, **changes})  # type: ignore[arg-type]


def on(day: date, **changes: object) -> list[PlannedHour]:
    """The hours of one agenda on one day."""
    rule = a_rule(weekday=day.isoweekday(), **changes)
    return plan_hours([rule], [], first=day, last=day)


def walls(hours: Sequence[PlannedHour], zone: str) -> list[str]:
    """From when to when each hour is, on the wall clock."""
    return [
        f"{clock.local(hour.starts_at, zone):%H:%M}-{clock.local(hour.ends_at, zone):%H:%M}"
        for hour in hours
    ]


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        (SANTIAGO, date(2026, 3, 23)),
        (SANTIAGO, date(2026, 8, 24)),
        (TIJUANA, date(2026, 2, 23)),
        (TIJUANA, date(2026, 10, 19)),
        (HAVANA, date(2026, 10, 19)),
    ],
)
def test_ten_o_clock_is_ten_on_both_sides_of_a_clock_change(zone: str, first: date):
    hours = plan_hours([a_rule(zone=zone)], [], first=first, last=first + timedelta(days=27))

    assert len(hours) == 4 * 4
    assert walls(hours, zone) == ["10:00-10:30", "10:30-11:00", "11:00-11:30", "11:30-12:00"] * 4
    assert len({hour.starts_at.hour for hour in hours if hour.starts_at.minute == 0}) == 3


@pytest.mark.parametrize("zone", ["America/Bogota", "America/Asuncion"])
def test_where_no_clock_changes_ten_o_clock_is_one_instant_all_year(zone: str):
    hours = plan_hours([a_rule(zone=zone)], [], first=date(2026, 1, 1), last=date(2026, 12, 31))

    assert len(hours) == 52 * 4
    ten = 15 if zone == "America/Bogota" else 13
    assert {hour.starts_at.hour for hour in hours} == {ten, ten + 1}


def test_no_hour_is_in_a_gap():
    hours = on(date(2026, 3, 8), zone=TIJUANA, from_time=time(1), to_time=time(4))

    assert walls(hours, TIJUANA) == ["01:00-01:30", "01:30-03:00", "03:00-03:30", "03:30-04:00"]
    assert {hour.ends_at - hour.starts_at for hour in hours} == {timedelta(minutes=30)}


def test_no_hour_is_in_a_gap_at_midnight():
    hours = on(date(2026, 9, 6), from_time=time(0), to_time=time(2))

    assert walls(hours, SANTIAGO) == ["01:00-01:30", "01:30-02:00"]


def test_the_repeated_hour_is_attended_once():
    hours = on(date(2026, 11, 1), zone=TIJUANA, from_time=time(0, 30), to_time=time(2, 30))

    assert walls(hours, TIJUANA) == ["00:30-01:00", "01:00-01:30", "01:30-01:00", "02:00-02:30"]
    assert len({hour.starts_at for hour in hours}) == 4


def test_a_long_hour_over_a_change_keeps_its_length_and_the_next_waits_for_its_end():
    forward = on(
        date(2026, 3, 8), zone=TIJUANA, from_time=time(1, 30), to_time=time(6), slot_minutes=90
    )
    back = on(
        date(2026, 11, 1), zone=TIJUANA, from_time=time(0, 30), to_time=time(6), slot_minutes=90
    )

    assert walls(forward, TIJUANA) == ["01:30-04:00", "04:30-06:00"]
    assert walls(back, TIJUANA) == ["00:30-01:00", "02:00-03:30", "03:30-05:00"]


def test_an_hour_does_not_run_over_the_end_of_the_agenda_where_the_clock_jumps():
    early = on(
        date(2026, 3, 8), zone=TIJUANA, from_time=time(1, 30), to_time=time(3), slot_minutes=60
    )

    assert early == []


def test_an_agenda_whose_end_is_in_a_gap_ends_where_the_gap_does():
    hours = on(date(2026, 3, 8), zone=TIJUANA, from_time=time(1), to_time=time(2, 30))

    assert walls(hours, TIJUANA) == ["01:00-01:30", "01:30-03:00"]


@pytest.mark.parametrize(
    ("minutes", "count"), [(30, 4), (45, 2), (60, 2), (90, 1), (120, 1), (121, 0)]
)
def test_only_whole_hours_are_given(minutes: int, count: int):
    assert len(on(date(2026, 3, 2), slot_minutes=minutes)) == count


def test_an_agenda_counts_from_its_first_to_its_last_day():
    rule = a_rule(valid_from=date(2026, 3, 3), valid_to=date(2026, 3, 16))

    hours = plan_hours([rule], [], first=date(2026, 1, 1), last=date(2026, 12, 31))

    assert {hour.day for hour in hours} == {date(2026, 3, 9), date(2026, 3, 16)}


def test_two_agendas_that_give_the_same_hour_give_it_once():
    again = a_rule(from_time=time(11), to_time=time(13))

    hours = plan_hours([a_rule(), again], [], first=date(2026, 3, 2), last=date(2026, 3, 2))

    assert walls(hours, SANTIAGO)[-1] == "12:30-13:00"
    assert len(hours) == len({hour.key for hour in hours}) == 6


ELEVEN = datetime(2026, 3, 2, 14, tzinfo=UTC)  # in Santiago
HALF_HOUR = timedelta(minutes=30)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("practitioner_id", "site_id", "is_closed"),
    [
        (None, None, True),
        (1, None, True),
        (None, 3, True),
        (1, 3, True),
        (9, None, False),
        (None, 9, False),
        (1, 9, False),
        (9, 3, False),
    ],
)
def test_a_closure_is_of_a_practitioner_of_a_site_or_of_both_together(
    practitioner_id: int | None, site_id: int | None, is_closed: bool
):
    closed = Closed(practitioner_id, site_id, ELEVEN, ELEVEN + HALF_HOUR)

    hours = plan_hours([a_rule()], [closed], first=date(2026, 3, 2), last=date(2026, 3, 2))

    assert (ELEVEN not in {hour.starts_at for hour in hours}) == is_closed
    assert len(hours) == 4 - is_closed


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "left"),
    [
        (ELEVEN, ELEVEN + TICK, 3),
        (ELEVEN - TICK, ELEVEN, 3),
        (ELEVEN - TICK, ELEVEN + TICK, 2),
        (ELEVEN - 2 * HALF_HOUR - TICK, ELEVEN - 2 * HALF_HOUR, 4),
        (ELEVEN + 2 * HALF_HOUR, ELEVEN + 3 * HALF_HOUR, 4),
        (ELEVEN - 9 * HALF_HOUR, ELEVEN + 9 * HALF_HOUR, 0),
    ],
)
def test_a_closure_takes_the_hours_it_touches_and_no_other(
    starts_at: datetime, ends_at: datetime, left: int
):
    closed = Closed(None, None, starts_at, ends_at)

    hours = plan_hours([a_rule()], [closed], first=date(2026, 3, 2), last=date(2026, 3, 2))

    assert len(hours) == left


def days_of_changes() -> list[tuple[str, date]]:
    """Each (zone, day) from 2024 to 2030 on which the clocks change."""
    days = [EVER + timedelta(days=number) for number in range(7 * 365)]
    noons = {
        zone: [datetime.combine(day, time(12), ZoneInfo(zone)) for day in days] for zone in ZONES
    }
    return [
        (zone, one.date() + timedelta(days=number))
        for zone, at in noons.items()
        for one, other in pairwise(at)
        if one.utcoffset() != other.utcoffset()
        for number in (0, 1)
    ]


CHANGES = days_of_changes()
minutes_of_day = st.integers(min_value=0, max_value=24 * 12 - 1).map(lambda n: n * 5)
of_the_night = st.integers(min_value=0, max_value=5 * 12).map(lambda n: n * 5)


@st.composite
def rules_and_days(draw: st.DrawFn) -> tuple[AgendaRule, date]:
    """An agenda, and a day to begin with; most often its own, on which the clocks change."""
    zone, day = draw(st.sampled_from(CHANGES))
    if draw(st.booleans()):
        zone, day = draw(st.sampled_from(ZONES)), draw(st.dates(EVER, date(2030, 12, 1)))
    minutes = of_the_night if draw(st.booleans()) else minutes_of_day
    start, end = sorted((draw(minutes), draw(minutes)))
    assume(start < end)
    rule = a_rule(
        weekday=draw(st.just(day.isoweekday()) | st.integers(1, 7)),
        from_time=time(*divmod(start, 60)),
        to_time=time(*divmod(end, 60)),
        slot_minutes=draw(st.sampled_from([5, 10, 15, 20, 25, 30, 45, 50, 60, 90, 180])),
        zone=zone,
    )
    return rule, day


def test_the_days_of_changes_are_those_of_the_zones():
    assert {zone for zone, _day in CHANGES} == set(ZONES) - {"America/Bogota"}
    assert {(SANTIAGO, date(2026, 9, 6)), (TIJUANA, date(2027, 3, 14))} <= set(CHANGES)


@given(planned=rules_and_days())
def test_every_hour_has_its_length_and_none_overlaps_another(planned: tuple[AgendaRule, date]):
    rule, first = planned
    hours = plan_hours([rule], [], first=first, last=first + timedelta(days=13))

    length = timedelta(minutes=rule.slot_minutes)
    assert all(hour.ends_at - hour.starts_at == length for hour in hours)
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(hours))
    for hour in hours:
        there = clock.local(hour.starts_at, rule.zone)
        assert there.date() == hour.day
        assert hour.day.isoweekday() == rule.weekday
        offset = timedelta(hours=there.hour - rule.from_time.hour)
        offset += timedelta(minutes=there.minute - rule.from_time.minute)
        assert offset % length == timedelta(0)


@given(planned=rules_and_days())
def test_who_attends_until_four_attends_nobody_later(planned: tuple[AgendaRule, date]):
    rule, first = planned
    hours = plan_hours([rule], [], first=first, last=first + timedelta(days=13))

    for hour in hours:
        end = clock.instant_of(hour.day, rule.to_time, rule.zone)
        if end is not None:
            assert hour.ends_at <= end


@given(planned=rules_and_days())
def test_who_attends_in_the_morning_and_after_it_never_attends_two_at_once(
    planned: tuple[AgendaRule, date],
):
    rule, first = planned
    later = replace(rule, from_time=rule.to_time, to_time=time(23, 59), service_id=9)

    hours = plan_hours([rule, later], [], first=first, last=first + timedelta(days=13))

    in_order = sorted(hours, key=lambda hour: hour.starts_at)
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(in_order))


@given(planned=rules_and_days())
def test_a_day_alone_has_the_hours_it_has_among_others(planned: tuple[AgendaRule, date]):
    rule, first = planned
    last = first + timedelta(days=13)
    together = plan_hours([rule], [], first=first, last=last)

    apart = [
        hour
        for number in range(14)
        for hour in plan_hours(
            [rule], [], first=first + timedelta(number), last=first + timedelta(number)
        )
    ]

    assert apart == together
