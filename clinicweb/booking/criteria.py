"""Which hours are looked for, and the same as SQL."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.orm import aliased

from clinicweb.booking.holds import is_of_service, is_open_to
from clinicweb.booking.models import IS_FREE, LIVE_STATUSES, Appointment, Slot
from clinicweb.booking.quotas import is_used_up
from clinicweb.clinic.models import Practitioner, Site
from clinicweb.core import clock

NO_CITY = "-"  # sites that say no city, as an answer; what is empty would count as none


@dataclass(frozen=True, slots=True)
class HourSearch:
    """
    Which hours are looked for; what is None is any.  *draft_id*: whose holds count.

    ``moves``: the id of the appointment in whose place one would be taken.  What its person has
    besides is in the way, and what it takes of the web's quota is given back.
    """

    service: str
    practitioner: str | None
    draft_id: str
    notice: timedelta = timedelta(0)  # hours that begin sooner are nobody's any more
    modality: str | None = None
    city: str | None = None
    site: str | None = None
    moves: int | None = None


def wanted(search: HourSearch) -> list[ColumnElement[bool]]:
    """SQL: the hours of *search* that can be had now."""
    return [*open_hours(search), *_in_reach(search)]


def wanted_whenever(search: HourSearch) -> list[ColumnElement[bool]]:
    """SQL: as ``wanted``, whenever they begin."""
    return [*open_whenever(search), *_in_reach(search)]


def _in_reach(search: HourSearch) -> list[ColumnElement[bool]]:
    """SQL: the web may give it, and nothing is in its way."""
    if search.moves is None:
        return [~is_used_up()]
    in_quota = ~is_used_up() | _is_counted_already(search.moves)
    return [in_quota, ~_is_busy_besides(search.moves)]


def _is_counted_already(appointment_id: int) -> ColumnElement[bool]:
    """SQL: the slot's day is the one whose quota the appointment takes."""
    old = aliased(Slot)
    counted = select(Appointment.slot_id).where(
        Appointment.id == appointment_id, Appointment.draft_id.is_not(None)
    )
    return exists().where(
        old.id == counted.scalar_subquery(),
        old.practitioner_id == Slot.practitioner_id,
        old.day == Slot.day,
        old.service_id == Slot.service_id,
        old.site_id == Slot.site_id,
        old.modality == Slot.modality,
    )


def _is_busy_besides(appointment_id: int) -> ColumnElement[bool]:
    """SQL: whose appointment it is has another one at the time of the slot."""
    other = aliased(Appointment)
    person = select(Appointment.patient_id).where(Appointment.id == appointment_id)
    return exists().where(
        other.patient_id == person.scalar_subquery(),
        other.id != appointment_id,
        other.status.in_(LIVE_STATUSES),
        other.starts_at < Slot.ends_at,
        other.ends_at > Slot.starts_at,
    )


def open_hours(search: HourSearch) -> list[ColumnElement[bool]]:
    """SQL: as ``wanted``, and what is beyond the web's quota."""
    return [*open_whenever(search), Slot.starts_at > too_late(search)]


def open_whenever(search: HourSearch) -> list[ColumnElement[bool]]:
    """SQL: as ``open_hours``, whenever they begin."""
    return [*walked(search), is_open_to(search.draft_id, clock.now()), *place_of(search)]


def too_late(search: HourSearch) -> datetime:
    """The last instant at which an hour begins that nobody can have any more."""
    now = clock.now()
    return max(now, now + search.notice - timedelta.resolution)


def walked(search: HourSearch) -> list[ColumnElement[bool]]:
    """SQL: what an index leads to: free hours of the service, of the doctor, in the modality."""
    found: list[ColumnElement[bool]] = [
        is_of_service(search.service),
        IS_FREE,  # type: ignore[list-item]
    ]
    if search.practitioner:
        practitioner_id = select(Practitioner.id).where(Practitioner.code == search.practitioner)
        found.append(Slot.practitioner_id == practitioner_id.scalar_subquery())
    if search.modality:
        found.append(Slot.modality == search.modality)
    return found


def place_of(search: HourSearch) -> list[ColumnElement[bool]]:
    """SQL: in the modality and at the place that *search* asks for."""
    there = aliased(Site)  # whoever asks may have joined the sites themselves
    found: list[ColumnElement[bool]] = []
    if search.modality:
        found.append(Slot.modality == search.modality)
    if search.site:
        site_id = select(there.id).where(there.code == search.site)
        found.append(Slot.site_id == site_id.scalar_subquery())
    elif search.city:
        found.append(Slot.site_id.in_(select(there.id).where(is_site_of(search, there))))
    return found


def is_site_of(search: HourSearch, site: type[Site] = Site) -> ColumnElement[bool]:
    """SQL: the site, or a site of the city, that *search* asks for; else any."""
    if search.site:
        return site.code == search.site
    if search.city:
        return site.city.is_(None) if search.city == NO_CITY else site.city == search.city
    return true()
