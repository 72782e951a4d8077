"""Reading services, free hours and a person's appointments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, case, exists, func, select, text
from sqlalchemy.orm import Session, joinedload

from clinicweb.booking import starts
from clinicweb.booking.criteria import HourSearch, wanted
from clinicweb.booking.holds import DIRECT, note_services
from clinicweb.booking.hour_rows import facts_of
from clinicweb.booking.models import IS_LIVE, LIVE_STATUSES, Appointment, Slot
from clinicweb.booking.policy import AppointmentFacts
from clinicweb.booking.starts import Hour
from clinicweb.clinic.models import (
    Agreement,
    PatientAgreement,
    Practitioner,
    PractitionerService,
    Service,
)
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer

# A page of more is read by nobody: of a day with more hours each start is shown once.
_MOST_HOURS = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose from: its *code*, and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Attending(Choice):
    """Somebody who attends, and in which *shift* (turno)."""

    shift: str


@dataclass(frozen=True, slots=True)
class FreeHour:
    """One hour that can be had."""

    slot_id: int
    starts_at: datetime
    day: date
    zone: str
    practitioner_name: str
    site_name: str
    modality: str


@dataclass(frozen=True, slots=True)
class ChosenHour:
    """The hour in a draft, with all its circumstances."""

    hour: FreeHour
    service_name: str
    site_address: str | None
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """An appointment as its patient may see it."""

    public_id: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    status: str
    practitioner_name: str
    service_name: str
    site_name: str
    site_address: str | None
    modality: str
    facts: AppointmentFacts
    person_name: str  # whose it is, for who acts for another; else empty


def list_services(viewer: Viewer) -> tuple[Choice, ...]:
    """What patients can book by themselves, by name."""
    given = select(PractitionerService.service_id).join(Practitioner).where(Practitioner.is_active)
    query = (
        select(Service.code, Service.name, Service.id)
        .where(Service.booking == DIRECT, Service.id.in_(given))
        .order_by(Service.search_key)
    )
    with reading() as session:
        rows = session.execute(query).all()
    note_services({code: number for code, _name, number in rows})
    return tuple(Choice(code, name) for code, name, _number in rows)


def list_practitioners(viewer: Viewer, service: str) -> tuple[Attending, ...]:
    """Who gives *service* (a code), by name."""
    query = (
        select(Practitioner)
        .join(PractitionerService)
        .join(Service)
        .where(Service.code == service, Service.booking == DIRECT, Practitioner.is_active)
        .order_by(Practitioner.search_key)
    )
    with reading() as session:
        found = session.scalars(query)
        return tuple(Attending(row.code, row.full_name, row.shift or "") for row in found)


def list_agreements(viewer: Viewer) -> tuple[Choice, ...]:
    """The viewer's own agreements, by name."""
    query = (
        select(Agreement.code, Agreement.name)
        .join(PatientAgreement)
        .where(PatientAgreement.patient_id == viewer.patient_id)
        .order_by(Agreement.name)
    )
    with reading() as session:
        return tuple(Choice(code, name) for code, name in session.execute(query))


def count_free_hours(
    viewer: Viewer, search: HourSearch, *, first: date, last: date
) -> tuple[dict[date, int], frozenset[date]]:
    """
    How many free hours begin on each day from *first* to *last*; days without are left out.

    Returns: besides, the days with starts that are all beyond what the web may give (S3-84).
    """
    with reading() as session:
        return _count(session, search, starts.days_between(first, last))


def list_next_days(
    viewer: Viewer, search: HourSearch, *, after: date, most: int
) -> dict[date, int]:
    """The first days later than *after* that have free hours, and how many begin on each."""
    with reading() as session:
        return _count(session, search, starts.next_days(search, after=after, most=most))[0]


def _count(
    session: Session, search: HourSearch, days: FromClause
) -> tuple[dict[date, int], frozenset[date]]:
    found = starts.starts_on(search, days)
    is_free = case(
        (starts.can_be_had(search, found), 1), (starts.is_beyond_quota(search, found), 0)
    ).label("is_free")
    query = (
        select(found.c.day, is_free, func.count())
        .where(found.c.starts_at.is_not(None))
        .group_by(found.c.day, text("is_free"))
        .order_by(found.c.day)
    )
    rows = session.execute(query).all()
    return (
        {day: count for day, free, count in rows if free},
        frozenset(day for day, free, _count in rows if free == 0),
    )


def list_free_hours(viewer: Viewer, search: HourSearch, day: date) -> tuple[FreeHour, ...]:
    """The free hours of *day*, in order; of very many, one of each start."""
    with reading() as session:
        query = hours_query(search).where(Slot.day == day).order_by(Slot.starts_at, Slot.id)
        slots: Sequence[Slot] = session.scalars(query.limit(_MOST_HOURS + 1)).all()
        if len(slots) > _MOST_HOURS:
            found = starts.starts_on(search, starts.days_between(day, day))
            one_each = starts.first_of_each(search, found, Hour).order_by(Hour.starts_at)
            slots = session.scalars(one_each.options(*_names_of(Hour))).all()
        return tuple(free_hour(slot) for slot in slots)


def get_chosen_hour(viewer: Viewer, slot_id: int, draft_id: str) -> ChosenHour:
    """The hour that a draft names, whoever has it by now.  Raises ``NotFound``."""
    query = select(Slot).where(Slot.id == slot_id).options(
        joinedload(Slot.practitioner), joinedload(Slot.site), joinedload(Slot.service)
    )  # fmt: skip
    with reading() as session:
        slot = session.scalar(query)
        if slot is None:
            raise NotFound
        is_mine = slot.held_by_draft_id == draft_id
        return ChosenHour(
            hour=free_hour(slot),
            service_name=slot.service.name,
            site_address=slot.site.address,
            held_until=slot.held_until if is_mine else None,
        )


def list_next_appointments(viewer: Viewer) -> tuple[AppointmentRow, ...]:
    """The viewer's live appointments that are not over, the next first.  S0-19, S0-29."""
    is_ahead = Appointment.ends_at > clock.now()
    return read_appointments(viewer, IS_LIVE, is_ahead, order=Appointment.starts_at, most=20)


def read_appointments(
    viewer: Viewer, *conditions: Any, order: Any, most: int
) -> tuple[AppointmentRow, ...]:
    """The viewer's own that meet *conditions*."""
    query = _appointments(viewer).where(*conditions).order_by(order).limit(most)
    with reading() as session:
        return tuple(_appointment_row(viewer, row) for row in session.scalars(query))


def get_appointment(viewer: Viewer, public_id: str) -> AppointmentRow:
    """One of the viewer's own, in any state.  Raises ``NotFound``."""
    with reading() as session:
        row = session.scalar(_appointments(viewer).where(Appointment.public_id == public_id))
        if row is None:
            raise NotFound
        return _appointment_row(viewer, row)


def is_busy(viewer: Viewer) -> ColumnElement[bool]:
    """SQL: the viewer has an appointment at the time of the slot."""
    return exists().where(
        Appointment.patient_id == viewer.patient_id,
        Appointment.status.in_(LIVE_STATUSES),
        Appointment.starts_at < Slot.ends_at,
        Appointment.ends_at > Slot.starts_at,
    )


def hours_query(search: HourSearch) -> Select[Slot]:
    return select(Slot).where(*wanted(search)).options(*_names_of(Slot))


def _names_of(slot: Any) -> tuple[Any, ...]:
    return (joinedload(slot.practitioner), joinedload(slot.site))


def free_hour(slot: Slot) -> FreeHour:
    return FreeHour(
        slot_id=slot.id,
        starts_at=slot.starts_at,
        day=slot.day,
        zone=slot.site.timezone,
        practitioner_name=slot.practitioner.full_name,
        site_name=slot.site.name,
        modality=slot.modality,
    )


def _appointments(viewer: Viewer) -> Select[Appointment]:
    return (
        select(Appointment)
        .where(Appointment.patient_id == viewer.patient_id)
        .options(
            joinedload(Appointment.patient),
            joinedload(Appointment.practitioner),
            joinedload(Appointment.service),
            joinedload(Appointment.site),
        )
    )


def _appointment_row(viewer: Viewer, row: Appointment) -> AppointmentRow:
    return AppointmentRow(
        public_id=row.public_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=row.site.timezone,
        status=row.told_status,
        practitioner_name=row.practitioner.full_name,
        service_name=row.service.name,
        site_name=row.site.name,
        site_address=row.site.address,
        modality=row.modality,
        facts=facts_of(row, clock.now()),
        person_name=row.patient.full_name if viewer.holder_id else "",
    )
