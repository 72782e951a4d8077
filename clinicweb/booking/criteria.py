"""Which hours are looked for, and the same as SQL."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from clinicweb.booking.holds import is_of_service, is_open_to
from clinicweb.booking.models import IS_FREE, Slot
from clinicweb.booking.quotas import is_used_up
from clinicweb.clinic.models import Practitioner, Site
from clinicweb.core import clock

NO_CITY = "-"  # sites that say no city, as an answer; what is empty would count as none


@dataclass(frozen=True, slots=True)
class HourSearch:
    """Which hours are looked for; what is None is any.  *draft_id*: whose holds count."""

    service: str
    practitioner: str | None
    draft_id: str
    notice: timedelta = timedelta(0)  # hours that begin sooner are nobody's any more
    modality: str | None = None
    city: str | None = None
    site: str | None = None


def wanted(search: HourSearch) -> list[ColumnElement[bool]]:
    """SQL: the hours of *search* that can be had now."""
    return [*open_hours(search), ~is_used_up()]


def open_hours(search: HourSearch) -> list[ColumnElement[bool]]:
    """SQL: as ``wanted``, and what is beyond the web's quota."""
    now = clock.now()
    found: list[ColumnElement[bool]] = [
        is_of_service(search.service),
        IS_FREE,  # type: ignore[list-item]
        is_open_to(search.draft_id, now),
        Slot.starts_at > now,
        Slot.starts_at >= now + search.notice,
    ]
    if search.practitioner:
        practitioner_id = select(Practitioner.id).where(Practitioner.code == search.practitioner)
        found.append(Slot.practitioner_id == practitioner_id.scalar_subquery())
    return found + place_of(search)


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
        is_there = there.city.is_(None) if search.city == NO_CITY else there.city == search.city
        found.append(Slot.site_id.in_(select(there.id).where(is_there)))
    return found
