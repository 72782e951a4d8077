"""The only clock, and the way between instants and a site's local time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_frozen_at: ContextVar[datetime | None] = ContextVar("frozen_at", default=None)


def now() -> datetime:
    """The present instant, aware, UTC."""
    return _frozen_at.get() or datetime.now(UTC)


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Hold the clock of this context at *instant* (aware); for tests and rehearsals."""
    token = _frozen_at.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen_at.reset(token)


def local(instant: datetime, zone: str) -> datetime:
    """*instant* (aware) as the wall clock of *zone* shows it."""
    return instant.astimezone(ZoneInfo(zone))


def local_day(instant: datetime, zone: str) -> date:
    """The calendar day in *zone* at *instant*."""
    return local(instant, zone).date()


def instant_of(day: date, at: time, zone: str) -> datetime | None:
    """
    The UTC instant at which the wall clock of *zone* shows *at* on *day*.

    Returns: None when that wall time does not exist (clocks went forward over it); the first
    of both instants when it happens twice.
    """
    wall = datetime.combine(day, at, ZoneInfo(zone))
    instant = wall.astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall.replace(tzinfo=None):
        return None
    return instant


def instant_from(day: date, at: time, zone: str) -> datetime:
    """As ``instant_of``; the end of the gap for a wall time that does not exist."""
    wall = datetime.combine(day, at)
    while (instant := instant_of(wall.date(), wall.time(), zone)) is None:
        wall += timedelta(minutes=1)
    return instant


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of *day* in *zone*: midnight may not exist (Santiago, in September)."""
    return instant_from(day, time.min, zone)
