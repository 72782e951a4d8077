"""
SQL: when free hours begin, by jumps in an index from one start to the next.

At each start of a busy service tens of doctors have an hour.  What these statements cost goes by
the starts that there are, and not by the hours.  ADR 21.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    ScalarSelect,
    Select,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from clinicweb.booking.criteria import (
    HourSearch,
    is_site_of,
    open_whenever,
    too_late,
    walked,
    wanted,
    wanted_whenever,
)
from clinicweb.booking.models import Slot
from clinicweb.booking.quotas import is_used_up
from clinicweb.clinic.models import Site

Hour = aliased(Slot, name="hour")


def days_between(first: date, last: date) -> FromClause:
    """A row for each day, both inclusive."""
    count = (last - first).days + 1
    days = (date.fromordinal(first.toordinal() + number) for number in range(max(count, 1)))
    return union_all(*(select(literal(day, Date).label("day")) for day in days)).subquery("days")


def days_at(search: HourSearch, first: date, last: date) -> FromClause:
    """The same for each site of *search*."""
    days = days_between(first, last)
    both = select(days.c.day, Site.id.label("site_id")).select_from(days.join(Site, true()))
    return both.where(is_site_of(search)).subquery("days")


def next_days(search: HourSearch, *, after: date, most: int) -> FromClause:
    """The first days later than *after* that have an hour of *search*."""

    def day_after(day: ColumnElement[date]) -> ScalarSelect[date]:
        return select(func.min(Slot.day)).where(*wanted(search), Slot.day > day).scalar_subquery()

    days = select(day_after(literal(after, Date)).label("day"), literal(1).label("number"))
    found = days.cte("next_day", recursive=True)
    last = found.alias("last_day")
    is_more = last.c.day.is_not(None) & (last.c.number < most)
    found = found.union_all(select(day_after(last.c.day), last.c.number + 1).where(is_more))
    return select(found.c.day).where(found.c.day.is_not(None)).subquery("days")


def starts_on(search: HourSearch, days: FromClause) -> CTE:
    """
    When hours begin on *days*, whether or not anybody can have them now.

    Args:
        days: its columns are ``day`` and perhaps ``site_id``; so are those of what is returned,
            with ``starts_at``, which is None after the last.
    """
    names = [column.name for column in days.c]

    def first_after(row: FromClause, instant: ColumnElement[datetime]) -> ScalarSelect[datetime]:
        there = (getattr(Slot, name) == row.c[name] for name in names)
        query = select(func.min(Slot.starts_at)).where(
            *walked(search), *there, Slot.starts_at > instant
        )
        return query.scalar_subquery()

    now = literal(too_late(search), Slot.starts_at.type)
    starts = select(*days.c, first_after(days, now).label("starts_at")).cte("start", recursive=True)
    last = starts.alias("last_start")
    more = select(*(last.c[name] for name in names), first_after(last, last.c.starts_at))
    return starts.union_all(more.where(last.c.starts_at.is_not(None)))


def can_be_had(search: HourSearch, starts: CTE) -> ColumnElement[bool]:
    """SQL: there is an hour of *search* at the start."""
    return is_any(*_at(starts), *wanted_whenever(search))


def is_beyond_quota(search: HourSearch, starts: CTE) -> ColumnElement[bool]:
    """SQL: there is an hour, and the web may not give it."""
    return is_any(*_at(starts), *open_whenever(search), is_used_up())


def is_any(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """SQL: there is such an hour; found at the first, in the order of the indexes."""
    # Of an EXISTS PostgreSQL may make one large table, or go through another index.
    first = select(Slot.id).where(*conditions).order_by(Slot.day, Slot.starts_at).limit(1)
    return first.scalar_subquery().is_not(None)


def first_of_each(
    search: HourSearch, starts: CTE, *columns: Any, also: Sequence[ColumnElement[bool]] = ()
) -> Select[*tuple[Any, ...]]:
    """*columns* of ``Hour``: at each of *starts* the one hour that is shown for all."""
    there = select(Slot.id).where(*_at(starts), *wanted_whenever(search), *also)
    first = there.order_by(Slot.id).limit(1).scalar_subquery()
    return select(*columns).select_from(starts).join(Hour, Hour.id == first)


def _at(starts: CTE) -> list[ColumnElement[bool]]:
    # And nothing more about the instant: SQLite prefers what is said of "later" to what is equal.
    return [getattr(Slot, column.name) == column for column in starts.c]
