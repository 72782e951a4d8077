"""What a patient does with hours: takes one, gives it back."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from clinicweb.audit import actions as audit
from clinicweb.booking import mail, policy
from clinicweb.booking.holds import DIRECT, NO_HOLD
from clinicweb.booking.models import (
    APPOINTMENT_BOOKED,
    APPOINTMENT_CANCELLED,
    BLOCKED,
    BOOKED,
    FREE,
    LIVE_STATUSES,
    Appointment,
    Slot,
)
from clinicweb.booking.queries import appointment_facts
from clinicweb.clinic.booking_rules import Booking
from clinicweb.clinic.models import Agreement, Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, drafts
from clinicweb.core import flow as flows
from clinicweb.core.db import transaction
from clinicweb.core.drafts import Draft, Owner
from clinicweb.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer

FLOW = "reserva"
_LONGEST_SLOT = timedelta(days=1)
_PATIENT_OVERLAP = "ex_appointment_patient_overlap"


@dataclass(frozen=True, slots=True)
class BookAppointment:
    """Make an appointment of a finished draft; *digest* names the answers that were read."""

    viewer: Viewer
    draft_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class ReleaseAppointment:
    viewer: Viewer
    appointment_id: str


def hour_rules(rules: Booking) -> policy.HourRules:
    return policy.HourRules(rules.book_notice, rules.release_notice)


def book_appointment(rules: ClinicRules, command: BookAppointment) -> str:
    """
    Book the hour of a draft, once, however often it is asked.

    Returns: the appointment's public id.
    Raises: ``Conflict`` (``slot.taken``, ``book.late``, ``book.patient_busy``), ``NotFound``,
    ``InvalidInput`` when the draft is not what was read.
    """
    owner = Owner(account_id=command.viewer.account_id)
    try:
        with transaction(command.viewer) as session:
            draft = drafts.lock(session, command.draft_id, FLOW, owner)
            if flows.digest(draft.answers) != command.digest:
                raise InvalidInput({"digest": ["draft.changed"]})
            if draft.result is None:
                drafts.finish(draft, {"appointment": _book(session, rules, command, draft)})
            return str(draft.result["appointment"])  # type: ignore[index]
    except IntegrityError as error:
        is_busy = _PATIENT_OVERLAP in str(error.orig)
        raise Conflict(policy.PATIENT_BUSY if is_busy else policy.SLOT_TAKEN) from None


def _book(session: Session, rules: ClinicRules, command: BookAppointment, draft: Draft) -> str:
    slot = _lock_hour(session, int(flows.find(draft.answers, "slot") or 0))
    patient = _lock_patient(session, command.viewer)
    facts = _slot_facts(session, slot, patient, draft)
    decision = policy.may_book(hour_rules(rules.booking), facts, now=clock.now())
    if not decision.allowed:
        raise Conflict(str(decision.reason))
    appointment = _new_appointment(session, slot, patient, draft)
    slot.status = BOOKED
    for name, value in NO_HOLD.items():
        setattr(slot, name, value)
    session.flush()
    _block_overlapping(session, slot)
    _note(session, "appointment.book", appointment)
    mail.tell_booked(session, rules, appointment)
    return appointment.public_id


def _lock_hour(session: Session, slot_id: int) -> Slot:
    """The slot, locked with all that overlap it: in one order, so that no two wait in a ring."""
    wanted = session.get(Slot, slot_id)
    if wanted is None:
        raise Conflict(policy.SLOT_TAKEN)
    query = (
        select(Slot)
        .where(_overlaps(wanted))
        .order_by(Slot.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    session.scalars(query).all()
    return wanted


def _lock_patient(session: Session, viewer: Viewer) -> Patient:
    # Two windows of one person that book at once would wait for each other at the constraint.
    # Rows that only point at the patient are not kept waiting.
    return session.get_one(Patient, viewer.patient_id, with_for_update={"key_share": True})


def _overlaps(slot: Slot) -> ColumnElement[bool]:
    return (
        (Slot.practitioner_id == slot.practitioner_id)
        & (Slot.starts_at > slot.starts_at - _LONGEST_SLOT)
        & (Slot.starts_at < slot.ends_at)
        & (Slot.ends_at > slot.starts_at)
    )


def _slot_facts(session: Session, slot: Slot, patient: Patient, draft: Draft) -> policy.SlotFacts:
    is_busy = select(Appointment.id).where(
        Appointment.patient_id == patient.id,
        Appointment.status.in_(LIVE_STATUSES),
        Appointment.starts_at < slot.ends_at,
        Appointment.ends_at > slot.starts_at,
    )
    is_others = slot.held_by_draft_id not in (None, draft.id)
    return policy.SlotFacts(
        starts_at=slot.starts_at,
        is_free=slot.status == FREE and _is_asked_for(slot, draft),
        held_by_other_until=slot.held_until if is_others else None,
        patient_is_busy=session.scalar(is_busy.limit(1)) is not None,
    )


def _is_asked_for(slot: Slot, draft: Draft) -> bool:
    """Of the service that the draft names, and one that patients book by themselves."""
    service = slot.service
    return service.booking == DIRECT and service.code == flows.find(draft.answers, "service")


def _new_appointment(session: Session, slot: Slot, patient: Patient, draft: Draft) -> Appointment:
    code = flows.find(draft.answers, "agreement")
    agreement = session.scalar(select(Agreement).where(Agreement.code == code)) if code else None
    appointment = Appointment(
        public_id=new_public_id(),
        slot_id=slot.id,
        patient=patient,
        practitioner=slot.practitioner,
        service=slot.service,
        site=slot.site,
        agreement=agreement,
        modality=slot.modality,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        status=APPOINTMENT_BOOKED,
        draft_id=draft.id,
        sequence=0,
        created_at=clock.now(),
    )
    session.add(appointment)
    return appointment


def _block_overlapping(session: Session, slot: Slot) -> None:
    """What the same practitioner cannot attend meanwhile is not offered either."""
    session.execute(
        update(Slot)
        .where(_overlaps(slot), Slot.id != slot.id, Slot.status == FREE)
        .values(status=BLOCKED, **NO_HOLD)
        .execution_options(synchronize_session=False)
    )


def release_appointment(rules: ClinicRules, command: ReleaseAppointment) -> None:
    """
    Give an hour back; somebody else can have it at once.  Doing it again changes nothing.

    Raises: ``NotFound`` for another's, ``NotAllowed`` with the policy's reason.
    """
    query = (
        select(Appointment)
        .where(
            Appointment.public_id == command.appointment_id,
            Appointment.patient_id == command.viewer.patient_id,
        )
        .with_for_update()
    )
    with transaction(command.viewer) as session:
        appointment = session.scalar(query)
        if appointment is None:
            raise NotFound
        if appointment.status == APPOINTMENT_CANCELLED:
            return
        now = clock.now()
        facts = appointment_facts(appointment, now)
        decision = policy.may_release(hour_rules(rules.booking), facts, now=now)
        if not decision.allowed:
            raise NotAllowed(str(decision.reason))
        _release(session, rules, appointment)


def _release(session: Session, rules: ClinicRules, appointment: Appointment) -> None:
    appointment.status = APPOINTMENT_CANCELLED
    appointment.cancelled_at = clock.now()
    appointment.sequence += 1
    session.flush()
    if appointment.slot_id is not None:
        _free(session, _lock_hour(session, appointment.slot_id))
    _note(session, "appointment.release", appointment)
    mail.tell_released(session, rules, appointment)


def _free(session: Session, slot: Slot) -> None:
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


def _note(session: Session, action: str, appointment: Appointment) -> None:
    audit.record(
        session,
        action,
        record_type="appointment",
        record_id=appointment.public_id,
        patient_id=appointment.patient_id,
        detail={"starts_at": appointment.starts_at.isoformat()},
    )
