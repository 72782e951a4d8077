"""The rows of hours as one act needs them: locked, blocked by another, offered again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from clinicweb.booking.holds import DIRECT, NO_HOLD
from clinicweb.booking.models import (
    BLOCKED,
    BOOKED,
    FREE,
    IS_LIVE,
    LIVE_STATUSES,
    Appointment,
    Slot,
)
from clinicweb.booking.policy import PATIENT_BUSY, SLOT_TAKEN, AppointmentFacts
from clinicweb.core.db import reading
from clinicweb.core.errors import Conflict

_LONGEST_SLOT = timedelta(days=1)
_PATIENT_OVERLAP = "ex_appointment_patient_overlap"


def conflict_of(error: IntegrityError) -> Conflict:
    """What the database's own rules about hours mean when they refuse."""
    is_busy = _PATIENT_OVERLAP in str(error.orig)
    return Conflict(PATIENT_BUSY if is_busy else SLOT_TAKEN)


def find_taken(draft_id: str, slot_ids: Sequence[int]) -> int | None:
    """The first of these hours that is had by now, and not by *draft_id*; nothing is locked."""
    begins = draft_id[:20]  # as those of all its hours do: see actions._take
    with reading() as session:
        rows = session.execute(_who_has(), {"slot_ids": slot_ids}).all()
    had = {slot_id for slot_id, owner in rows if owner is None or not owner.startswith(begins)}
    return next((slot_id for slot_id in slot_ids if slot_id in had), None)


@cache
def _who_has() -> Select[int | None, str | None]:
    """Made once: each of a crowd asks it."""
    return select(Appointment.slot_id, Appointment.draft_id).where(
        Appointment.slot_id.in_(bindparam("slot_ids", expanding=True)), IS_LIVE
    )


def lock_hour(session: Session, slot_id: int) -> Slot:
    """The slot, locked with all that overlap it: in one order, so that no two wait in a ring."""
    return lock_hours(session, [slot_id])[0]


def lock_hours(session: Session, slot_ids: Sequence[int]) -> list[Slot]:
    """The same for several at once."""
    wanted = [session.get(Slot, slot_id) for slot_id in slot_ids]
    found = [slot for slot in wanted if slot is not None]
    if len(found) < len(slot_ids):
        raise Conflict(SLOT_TAKEN)
    query = (
        select(Slot)
        .where(or_(*map(overlaps, found)))
        .order_by(Slot.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    session.scalars(query).all()
    return found


def try_lock_hour(session: Session, slot_id: int) -> Slot | None:
    """As ``lock_hour`` for who need not wait; None where somebody else has any of them."""
    slot = session.get(Slot, slot_id)
    if slot is None:
        return None
    ids = session.scalars(select(Slot.id).where(overlaps(slot))).all()
    query = select(Slot).where(Slot.id.in_(ids)).order_by(Slot.id)
    query = query.execution_options(populate_existing=True)
    locked = session.scalars(query.with_for_update(skip_locked=True)).all()
    return slot if len(locked) == len(ids) else None


def overlaps(slot: Slot) -> ColumnElement[bool]:
    """SQL: of the same practitioner, at the same time as *slot*; itself included."""
    return (
        (Slot.practitioner_id == slot.practitioner_id)
        & (Slot.starts_at > slot.starts_at - _LONGEST_SLOT)
        & (Slot.starts_at < slot.ends_at)
        & (Slot.ends_at > slot.starts_at)
    )


def block_overlapping(session: Session, slot: Slot) -> None:
    """What the same practitioner cannot attend meanwhile is not offered either."""
    session.execute(
        update(Slot)
        .where(overlaps(slot), Slot.id != slot.id, Slot.status == FREE)
        .values(status=BLOCKED, **NO_HOLD)
        .execution_options(synchronize_session=False)
    )


def free(session: Session, slot: Slot) -> None:
    """Offer the hour again, and those that only it was blocking."""
    if slot.status == BOOKED:  # else its agenda is gone: nobody can have it
        slot.status = FREE
    session.flush()
    blocked = aliased(Slot)
    still_taken = exists().where(
        Appointment.practitioner_id == blocked.practitioner_id,
        Appointment.status.in_(LIVE_STATUSES),
        Appointment.starts_at < blocked.ends_at,
        Appointment.ends_at > blocked.starts_at,
    )
    freed = select(blocked.id).where(
        blocked.practitioner_id == slot.practitioner_id,
        blocked.starts_at > slot.starts_at - _LONGEST_SLOT,
        blocked.starts_at < slot.ends_at,
        blocked.ends_at > slot.starts_at,
        blocked.status == BLOCKED,
        ~still_taken,
    )
    session.execute(
        update(Slot)
        .where(Slot.id.in_(freed))
        .values(status=FREE)
        .execution_options(synchronize_session=False)
    )


def count_ahead(patient_id: int | None, service_id: int, now: datetime) -> Select[int]:
    """How many hours of a service somebody has that are not over."""
    return select(func.count(Appointment.id)).where(
        Appointment.patient_id == patient_id,
        Appointment.service_id == service_id,
        Appointment.status.in_(LIVE_STATUSES),
        Appointment.ends_at > now,
    )


def facts_of(row: Appointment, now: datetime) -> AppointmentFacts:
    """What the policy asks of an appointment at *now*."""
    return AppointmentFacts(
        starts_at=row.starts_at,
        is_active=row.status in LIVE_STATUSES and row.ends_at > now,
        is_affected=row.affected_at is not None,
        is_on_web=row.service.booking == DIRECT,
    )
