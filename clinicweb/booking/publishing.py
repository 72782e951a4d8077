"""From weekly agendas to hours.  Pure: which slots should exist in a stretch of days."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from clinicweb.core import clock

QuotaKey = tuple[date, int, int, str]  # day, service, site, modality: of one practitioner


@dataclass(frozen=True, slots=True)
class AgendaRule:
    """A weekly rule; ``weekday`` is ISO (Monday 1), times are the wall clock of ``zone``."""

    practitioner_id: int
    service_id: int
    site_id: int
    modality: str
    weekday: int
    from_time: time
    to_time: time
    slot_minutes: int
    valid_from: date
    valid_to: date | None
    zone: str
    web_quota: int | None = None  # hours a day that the web may take


@dataclass(frozen=True, slots=True)
class Closed:
    """Nobody is attended: by this practitioner, at this site, or both (None is any)."""

    practitioner_id: int | None
    site_id: int | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedHour:
    """A slot that should exist; the first five fields are its natural key."""

    practitioner_id: int
    starts_at: datetime
    service_id: int
    site_id: int
    modality: str
    ends_at: datetime
    day: date

    @property
    def key(self) -> tuple[int, datetime, int, int, str]:
        return (
            self.practitioner_id, self.starts_at, self.service_id, self.site_id, self.modality
        )  # fmt: skip


def plan_hours(
    rules: Iterable[AgendaRule], closures: Sequence[Closed], *, first: date, last: date
) -> list[PlannedHour]:
    """The hours of *rules* on the days *first* to *last* (inclusive), without closed ones."""
    planned = {
        hour.key: hour
        for rule in rules
        for day in _days_of(rule, first, last)
        for hour in _hours_of_day(rule, day)
        if not any(_covers(closed, hour) for closed in closures)
    }
    return sorted(planned.values(), key=lambda hour: hour.key)


def plan_quotas(rules: Iterable[AgendaRule], *, first: date, last: date) -> dict[QuotaKey, int]:
    """
    How many hours of each day the web may take; days of which it may take all are left out.

    Where agendas of one practitioner, service, place and modality share a day, their quotas add
    up, and one without a quota counts with all its hours.
    """
    totals: Counter[QuotaKey] = Counter()
    limited: set[QuotaKey] = set()
    for rule in rules:
        for day in _days_of(rule, first, last):
            key = (day, rule.service_id, rule.site_id, rule.modality)
            if rule.web_quota is None:
                totals[key] += sum(1 for _hour in _hours_of_day(rule, day))
            else:
                totals[key] += rule.web_quota
                limited.add(key)
    return {key: total for key, total in totals.items() if key in limited}


def _days_of(rule: AgendaRule, first: date, last: date) -> Iterator[date]:
    start = max(first, rule.valid_from)
    end = min(last, rule.valid_to) if rule.valid_to else last
    day = start + timedelta(days=(rule.weekday - start.isoweekday()) % 7)
    while day <= end:
        yield day
        day += timedelta(days=7)


def _hours_of_day(rule: AgendaRule, day: date) -> Iterator[PlannedHour]:
    length = timedelta(minutes=rule.slot_minutes)
    wall, end = datetime.combine(day, rule.from_time), datetime.combine(day, rule.to_time)
    taken_until = datetime.min.replace(tzinfo=UTC)
    closes_at = clock.instant_from(day, rule.to_time, rule.zone)
    while wall + length <= end:
        starts_at = clock.instant_of(day, wall.time(), rule.zone)
        # A wall time that the clocks jump over is no hour, nor is one that their jump makes run
        # over the end; one after a jump back begins when the one before it has truly ended.
        if starts_at is not None and taken_until <= starts_at <= closes_at - length:
            taken_until = starts_at + length
            yield _hour(rule, day, starts_at, taken_until)
        wall += length


def _hour(rule: AgendaRule, day: date, starts_at: datetime, ends_at: datetime) -> PlannedHour:
    return PlannedHour(
        practitioner_id=rule.practitioner_id,
        starts_at=starts_at,
        service_id=rule.service_id,
        site_id=rule.site_id,
        modality=rule.modality,
        ends_at=ends_at,
        day=day,
    )


def _covers(closed: Closed, hour: PlannedHour) -> bool:
    return (
        closed.practitioner_id in (None, hour.practitioner_id)
        and closed.site_id in (None, hour.site_id)
        and closed.starts_at < hour.ends_at
        and hour.starts_at < closed.ends_at
    )
