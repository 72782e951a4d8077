"""Days with free hours as links, and the ways to those before and after them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import request

from clinicweb.core.i18n import brief_day_text, counted, weekday_text


@dataclass(frozen=True, slots=True)
class DayLink:
    """A day with hours; *is_now*: the one whose hours are shown."""

    id: str
    url: str
    text: str
    weekday_text: str
    hours_text: str
    is_now: bool


def asked_day(name: str) -> date | None:
    """What the address says of *name*, where it is a date."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def chosen_day(days: Mapping[date, object]) -> date | None:
    asked = asked_day("dia")
    return asked if asked in days else next(iter(days), None)


def hours_text(count: int) -> str:
    return counted("%(num)s hora", "%(num)s horas", count)


def day_links(
    url: str, days: Mapping[date, str], now: date | None, first: date
) -> tuple[DayLink, ...]:
    """The *days*, each with what it has in words; *url* ends where their names go."""
    return tuple(
        DayLink(
            id=f"day-{day}",
            url=f"{url}desde={first}&dia={day}",
            text=brief_day_text(day),
            weekday_text=weekday_text(day),
            hours_text=told,
            is_now=day == now,
        )
        for day, told in days.items()
    )


def pages(
    url: str, shown: tuple[date, date], period: tuple[date, date], length: timedelta
) -> Mapping[str, str | None]:
    """The ways to the days of *period* before and after those that are *shown*."""
    (first, last), (begins, ends) = shown, period
    earlier = max(first - length, begins)
    return {
        "earlier": f"{url}desde={earlier}" if first > earlier else None,
        "later": f"{url}desde={last + timedelta(days=1)}" if last < ends else None,
    }
