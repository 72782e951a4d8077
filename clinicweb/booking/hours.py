"""Free hours ready to print: what all of them share is said once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from clinicweb.booking.queries import FreeHour
from clinicweb.booking.texts import modality_text
from clinicweb.core import clock
from clinicweb.core.i18n import _, moment, zone_text

_NOON = time(12)


@dataclass(frozen=True, slots=True)
class HourChoice:
    """One hour to choose; *detail* says what sets it apart from the others."""

    id: str
    value: str
    text: str
    detail: str
    checked: bool


@dataclass(frozen=True, slots=True)
class HourGroup:
    title: str
    hours: tuple[HourChoice, ...]


def shared_text(hours: Sequence[FreeHour]) -> str:
    """Doctor, place, modality and zone, as far as they are the same for all *hours*."""
    return " · ".join(part for part in _shared(hours) if part)


def hour_groups(hours: Sequence[FreeHour], chosen: str | None) -> tuple[HourGroup, ...]:
    """*hours* of one day as morning and afternoon; *chosen* is the value already picked."""
    shared = _shared(hours)
    morning = [hour for hour in hours if _wall_time(hour) < _NOON]
    afternoon = [hour for hour in hours if _wall_time(hour) >= _NOON]
    groups = ((_("Mañana"), morning), (_("Tarde"), afternoon))
    return tuple(
        HourGroup(title, tuple(_choice(hour, shared, chosen) for hour in found))
        for title, found in groups
        if found
    )


def nearest_choices(hours: Sequence[FreeHour]) -> tuple[HourChoice, ...]:
    """*hours* of any days, each told whole."""
    return tuple(_choice(hour, (), None, with_day=True) for hour in hours)


def _wall_time(hour: FreeHour) -> time:
    return clock.local(hour.starts_at, hour.zone).time()


def _parts(hour: FreeHour) -> tuple[str, ...]:
    return (
        hour.practitioner_name,
        hour.site_name,
        modality_text(hour.modality),
        zone_text(hour.zone),
    )


def _shared(hours: Sequence[FreeHour]) -> tuple[str, ...]:
    columns = zip(*map(_parts, hours), strict=True)
    return tuple(column[0] if len(set(column)) == 1 else "" for column in columns)


def _choice(
    hour: FreeHour, shared: tuple[str, ...], chosen: str | None, *, with_day: bool = False
) -> HourChoice:
    words = moment(hour.starts_at, hour.zone)
    return HourChoice(
        id=f"slot-{hour.slot_id}",
        value=str(hour.slot_id),
        text=f"{words.day_text}, {words.hour_text}" if with_day else words.hour_text,
        detail=" · ".join(part for part in _parts(hour) if part not in shared),
        checked=str(hour.slot_id) == chosen,
    )
