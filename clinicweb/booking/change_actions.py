"""The clinic cannot attend an hour: telling its person, once, and what they choose by the link."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.booking import agenda_changes, hour_rows, policy
from clinicweb.booking import change_mail as mail
from clinicweb.booking.models import (
    LIVE_STATUSES,
    WITHDRAWN,
    AgendaChange,
    Appointment,
    Closure,
    Slot,
)
from clinicweb.booking.moving_queries import movable_of, nearest_hours
from clinicweb.booking.moving_rows import change_hour, check_move, is_there, lock_both
from clinicweb.booking.person_rows import lock_patients
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import again_after_a_ring, transaction
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.ids import new_public_id
from clinicweb.core.queue import work_through
from clinicweb.core.viewer import SystemActor

ALTERNATIVES = 3
_WORKER = SystemActor("agenda")
_BY_LINK = SystemActor("agenda-link")


@dataclass(slots=True)
class Told:
    """How many appointments were told of, and the records (mrn) of whom no message reaches."""

    count: int = 0
    unreached: list[str] = field(default_factory=list)


def tell_changes(
    rules: ClinicRules,
    *,
    sends_texts: bool = False,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Told:
    """
    Tell everybody whose hour the clinic cannot attend, each change once, however many workers.

    Who was told and has their hour again is told that, too.
    """
    told = Told()

    def tell(session: Session, row: Appointment) -> None:
        _tell(rules, session, row, told, sends_texts=sends_texts)

    def restore(session: Session, row: Appointment) -> None:
        _restore(rules, session, row)

    for waiting, answer in ((_affected, tell), (_given_again, restore)):
        while not is_stopping() and work_through(waiting(), _WORKER, answer):
            pass
    return told


def _affected() -> Select[Appointment]:
    return _coming().where(Appointment.affected_at.is_(None), _cannot_be_attended())


def _given_again() -> Select[Appointment]:
    return _coming().where(Appointment.affected_at.is_not(None), ~_cannot_be_attended())


def _coming() -> Select[Appointment]:
    return (
        select(Appointment)
        .where(Appointment.status.in_(LIVE_STATUSES), Appointment.starts_at > clock.now())
        .order_by(Appointment.starts_at)
    )


def _cannot_be_attended() -> ColumnElement[bool]:
    """SQL: no agenda gives its hour any more, or the practitioner or the site is closed."""
    is_withdrawn = exists().where(Slot.id == Appointment.slot_id, Slot.status == WITHDRAWN)
    is_closed = exists().where(
        or_(
            Closure.practitioner_id.is_(None),
            Closure.practitioner_id == Appointment.practitioner_id,
        ),
        or_(Closure.site_id.is_(None), Closure.site_id == Appointment.site_id),
        Closure.starts_at < Appointment.ends_at,
        Closure.ends_at > Appointment.starts_at,
    )
    return or_(is_withdrawn, is_closed)


def _tell(
    rules: ClinicRules, session: Session, row: Appointment, told: Told, *, sends_texts: bool
) -> None:
    row.affected_at = clock.now()
    change = AgendaChange(id=new_public_id(), appointment_id=row.id, told_at=row.affected_at)
    session.add(change)
    hours = nearest_hours(session, movable_of(rules, row), count=ALTERNATIVES)
    ways = mail.tell_changed(session, rules, row, mail.News(change.id, hours, sends_texts))
    _record(session, "appointment.affect", row, {"told_by": ways})
    told.count += 1
    if not ways:
        told.unreached.append(row.patient.mrn)


def _restore(rules: ClinicRules, session: Session, row: Appointment) -> None:
    change = session.scalar(
        select(AgendaChange.id).where(
            AgendaChange.appointment_id == row.id, AgendaChange.ended_at.is_(None)
        )
    )
    agenda_changes.end(session, row, agenda_changes.RESTORED)
    mail.tell_restored(session, rules, row, change or "-")
    _record(session, "appointment.restore", row, None)


@again_after_a_ring
def take_by_link(rules: ClinicRules, change_id: str, slot_id: int) -> None:
    """
    Take one of the hours that a message offered; the link is good once.  Again: nothing changes.

    Raises: ``NotFound``, ``NotAllowed`` (``change.ended``, or the policy's reason), ``Conflict``
    with what is against the hour; the one before is kept then.
    """
    try:
        with transaction(_BY_LINK) as session:
            _take_by_link(session, rules, change_id, slot_id)
    except IntegrityError as error:
        raise hour_rows.conflict_of(error) from None


def _take_by_link(session: Session, rules: ClinicRules, change_id: str, slot_id: int) -> None:
    change = session.get(AgendaChange, change_id)
    if change is None:
        raise NotFound
    appointment = change.appointment
    hours = lock_both(session, appointment, slot_id)
    lock_patients(session, [appointment.patient_id])
    if is_there(session, appointment, hours):
        return
    session.refresh(change)
    if change.ended_at is not None:
        raise NotAllowed(policy.CHANGE_ENDED)
    check_move(rules, appointment)
    change_hour(session, rules, appointment, hours)


def _record(
    session: Session, action: str, row: Appointment, detail: dict[str, object] | None
) -> None:
    audit.record(
        session,
        action,
        record_type="appointment",
        record_id=row.public_id,
        patient_id=row.patient_id,
        detail=detail,
    )
