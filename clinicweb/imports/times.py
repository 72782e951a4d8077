"""Wall clocks of sites as instants, and how long an appointment lasts."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from clinicweb.core import clock
from clinicweb.core.i18n import _
from clinicweb.imports.names import Known, Rhythm
from clinicweb.imports.problems import Problem, quoted
from clinicweb.imports.records import DEFAULT_MINUTES, Appointment, Closure, Records

_STEP = timedelta(minutes=15)


def with_instants(
    records: Records, known: Known, problems: list[Problem], *, timezone: str
) -> Records:
    """Return *records* with aware instants; an hour that no clock shows goes to *problems*."""
    almanac = _almanac(records, known, timezone)
    return replace(
        records,
        closures=[_with_closure_instants(closure, almanac) for closure in records.closures],
        appointments=[
            _with_appointment_instants(appointment, almanac, problems)
            for appointment in records.appointments
        ],
    )


@dataclass(frozen=True, slots=True)
class _Almanac:
    """What turns a site's wall clock into instants, and a service into minutes."""

    default_zone: str
    zones: dict[str, str]
    minutes: dict[str, int]
    agendas: dict[tuple[Any, ...], list[Rhythm]]

    def zone(self, site: str | None) -> str:
        return self.zones.get(site or "") or self.default_zone

    def zone_of_closure(self, closure: Closure) -> str:
        """Return the site's zone; of all sites, the one where the person attends if it is one."""
        if closure.site:
            return self.zone(closure.site)
        zones = {self.zone(key[2]) for key in self.agendas if key[0] == closure.practitioner}
        return zones.pop() if len(zones) == 1 else self.default_zone

    def length(self, appointment: Appointment, wall: datetime) -> timedelta:
        """Return how long an hour of its agenda is, or else its service."""
        who = (appointment.practitioner, appointment.service, appointment.site)
        for agenda in self.agendas.get(who, []):
            if _gives(agenda, wall):
                return timedelta(minutes=agenda.slot_minutes)
        return timedelta(minutes=self.minutes.get(appointment.service, DEFAULT_MINUTES))


def _almanac(records: Records, known: Known, timezone: str) -> _Almanac:
    agendas: dict[tuple[Any, ...], list[Rhythm]] = {}
    readable = (a for a in records.agendas if a.slot_minutes and a.from_time and a.to_time)
    for agenda in [*readable, *known.agendas]:
        who = (agenda.practitioner, agenda.service, agenda.site)
        agendas.setdefault(who, []).append(agenda)
    return _Almanac(
        timezone,
        known.timezones | {site.code: site.timezone for site in records.sites if site.timezone},
        known.durations
        | {item.code: item.duration_minutes for item in records.services if item.duration_minutes},
        agendas,
    )


def _gives(agenda: Rhythm, wall: datetime) -> bool:
    starts = agenda.valid_from is not None and agenda.valid_from <= wall.date()
    ends = agenda.valid_to is None or wall.date() <= agenda.valid_to
    is_hour = agenda.from_time <= wall.time() < agenda.to_time
    return agenda.weekday == wall.isoweekday() and starts and ends and is_hour


def _with_closure_instants(closure: Closure, almanac: _Almanac) -> Closure:
    zone = almanac.zone_of_closure(closure)
    return replace(
        closure,
        starts_at=_first_instant(closure.starts_at, zone),
        ends_at=_first_instant(closure.ends_at, zone),
    )


def _first_instant(wall: Any, zone: str) -> Any:
    """Return when the clock of *zone* shows *wall*, or jumps over it: midnight may not exist."""
    if wall is None:
        return None
    while (instant := clock.instant_of(wall.date(), wall.time(), zone)) is None:
        wall += _STEP
    return instant


def _with_appointment_instants(
    appointment: Appointment, almanac: _Almanac, problems: list[Problem]
) -> Appointment:
    start: Any = appointment.starts_at  # ``None`` where it could not be read
    if start is None:
        return appointment
    zone = almanac.zone(appointment.site)
    instant = (
        start.astimezone(UTC)
        if start.tzinfo
        else clock.instant_of(start.date(), start.time(), zone)
    )
    if instant is None:
        message = _(
            "%(value)s no existe en %(zone)s: esa noche se adelanta el reloj",
            value=quoted(start.isoformat(" ", "minutes")),
            zone=zone,
        )
        problems.append(appointment.source.problem("starts_at", message))
        return appointment
    wall = clock.local(instant, zone).replace(tzinfo=None)
    ends_at = appointment.ends_at or instant + almanac.length(appointment, wall)
    return replace(appointment, starts_at=instant, ends_at=ends_at.astimezone(UTC))
