"""The hours that an appointment could be changed for."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from clinicweb.booking.criteria import NO_CITY, HourSearch, wanted
from clinicweb.booking.models import FREE, Appointment, Slot
from clinicweb.booking.queries import FreeHour, free_hour
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Movable:
    """
    An appointment and the hours in whose place it could be.

    ``wanted``: with its own doctor; *first* and *last*: the days that are looked at.
    """

    wanted: HourSearch
    slot_id: int | None
    starts_at: datetime
    doctor_name: str
    first: date
    last: date

    @property
    def with_anybody(self) -> HourSearch:
        return replace(self.wanted, practitioner=None)


@dataclass(frozen=True, slots=True)
class NewHour:
    """The hour that was chosen; *is_free*: nobody has it by now; kept until *held_until*."""

    hour: FreeHour
    site_text: str
    is_free: bool
    held_until: datetime | None


def get_movable(viewer: Viewer, rules: ClinicRules, public_id: str) -> Movable:
    """Raises ``NotFound`` for another's."""
    query = _whole().where(
        Appointment.public_id == public_id, Appointment.patient_id == viewer.patient_id
    )
    with reading() as session:
        row = session.scalar(query)
        if row is None:
            raise NotFound
        return movable_of(rules, row)


def _whole() -> Select[Appointment]:
    return select(Appointment).options(
        joinedload(Appointment.practitioner),
        joinedload(Appointment.service),
        joinedload(Appointment.site),
    )


def movable_of(rules: ClinicRules, row: Appointment) -> Movable:
    today = clock.local_day(clock.now(), row.site.timezone)
    return Movable(
        wanted=HourSearch(
            service=row.service.code,
            practitioner=row.practitioner.code,
            draft_id=row.public_id,
            notice=rules.booking.book_notice,
            modality=row.modality,
            city=row.site.city or NO_CITY,
            moves=row.id,
        ),
        slot_id=row.slot_id,
        starts_at=row.starts_at,
        doctor_name=row.practitioner.full_name,
        first=today,
        last=today + timedelta(days=rules.booking.horizon_days),
    )


def get_new_hour(viewer: Viewer, movable: Movable, slot_id: int) -> NewHour:
    """As ``new_hour``."""
    with reading() as session:
        return new_hour(session, movable, slot_id)


def new_hour(session: Session, movable: Movable, slot_id: int) -> NewHour:
    """One of the service and modality of what is moved.  Raises ``NotFound``."""
    load = (joinedload(Slot.practitioner), joinedload(Slot.site), joinedload(Slot.service))
    slot = session.scalar(select(Slot).where(Slot.id == slot_id).options(*load))
    asked = (movable.wanted.service, movable.wanted.modality)
    if slot is None or (slot.service.code, slot.modality) != asked:
        raise NotFound
    is_mine = slot.held_by_draft_id == movable.wanted.draft_id
    return NewHour(
        hour=free_hour(slot),
        site_text=slot.site.full_name,
        is_free=slot.status == FREE,
        held_until=slot.held_until if is_mine else None,
    )


def list_nearest(viewer: Viewer, movable: Movable, *, count: int) -> tuple[FreeHour, ...]:
    """As ``nearest_hours``."""
    with reading() as session:
        return nearest_hours(session, movable, count=count)


def nearest_hours(session: Session, movable: Movable, *, count: int) -> tuple[FreeHour, ...]:
    """
    The *count* hours nearest in time to the one that is moved, in order.

    The nearest one of its own doctor is among them, where there is any.
    """
    own = _nearest(session, movable.wanted, movable.starts_at, 1)
    others = _nearest(session, movable.with_anybody, movable.starts_at, count)
    found = {slot.id: slot for slot in [*own, *others]}
    nearest = list(found.values())[:count]
    return tuple(free_hour(slot) for slot in sorted(nearest, key=lambda slot: slot.starts_at))


def _nearest(session: Session, search: HourSearch, at: datetime, count: int) -> list[Slot]:
    load = (joinedload(Slot.practitioner), joinedload(Slot.site))
    free = select(Slot).where(*wanted(search)).options(*load).limit(count)
    # By day first, as the index is; the day is the site's, and the instant in UTC.
    later = free.where(Slot.day >= (at - _A_DAY).date(), Slot.starts_at >= at)
    later = later.order_by(Slot.day, Slot.starts_at, Slot.id)
    earlier = free.where(Slot.day <= (at + _A_DAY).date(), Slot.starts_at < at)
    earlier = earlier.order_by(Slot.day.desc(), Slot.starts_at.desc(), Slot.id.desc())
    found = [*session.scalars(later), *session.scalars(earlier)]
    return sorted(found, key=lambda slot: abs(slot.starts_at - at))[:count]
