"""What a patient does with hours: takes one, gives it back."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.booking import agenda_changes, hour_rows, mail, policy, quotas, sanctions
from clinicweb.booking.freed import note_freed
from clinicweb.booking.holds import DIRECT, NO_HOLD, is_for_waiting
from clinicweb.booking.hour_rows import count_ahead
from clinicweb.booking.models import (
    APPOINTMENT_BOOKED,
    APPOINTMENT_CANCELLED,
    BOOKED,
    FREE,
    Appointment,
    Slot,
)
from clinicweb.booking.person_rows import is_busy, lock_people
from clinicweb.booking.together import asked_hours
from clinicweb.clinic.models import Agreement, Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, drafts
from clinicweb.core import flow as flows
from clinicweb.core.db import again_after_a_ring, transaction
from clinicweb.core.decision import check
from clinicweb.core.drafts import Draft, Owner
from clinicweb.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer

FLOW = "reserva"


@dataclass(frozen=True, slots=True)
class BookAppointment:
    """Make an appointment of a finished draft; *digest* names the answers that were read."""

    viewer: Viewer
    draft_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class ReleaseAppointment:
    """*agreed*: the code of the consequence that was shown before the button, if any."""

    viewer: Viewer
    appointment_id: str
    agreed: str = ""


@again_after_a_ring
def book_appointment(rules: ClinicRules, command: BookAppointment) -> str:
    """
    Book the hour of a draft, once, however often it is asked.

    Returns: the appointment's public id.
    Raises: ``Conflict`` with the policy's reason, ``NotAllowed`` (``book.barred``),
    ``NotFound``, ``InvalidInput`` when the draft is not what was read.
    """
    owner = Owner(account_id=command.viewer.account_id)
    try:
        with transaction(command.viewer) as session:
            draft = drafts.lock(session, command.draft_id, FLOW, owner)
            if flows.digest(draft.answers) != command.digest:
                raise InvalidInput({"digest": ["draft.changed"]})
            if draft.result is None:
                booked = _book(session, rules, command, draft)
                drafts.finish(draft, {"appointment": booked[0], "appointments": booked})
            return str(draft.result["appointment"])  # type: ignore[index]
    except IntegrityError as error:
        raise hour_rows.conflict_of(error) from None


def _book(
    session: Session, rules: ClinicRules, command: BookAppointment, draft: Draft
) -> list[str]:
    """All hours of the draft, or none; what is wrong is said of the first that cannot be had."""
    asked = asked_hours(draft.answers)
    slots = hour_rows.lock_hours(session, [slot_id for slot_id, _service in asked])
    patient = lock_people(session, rules, command.viewer)
    if flows.find(draft.answers, "patient") not in (None, patient.public_id):
        raise InvalidInput({"digest": ["draft.changed"]})  # changed in another window just now
    if len(slots) > 1:
        quotas.lock(session, slots)
    booked = []
    for number, (slot, (_slot_id, service)) in enumerate(zip(slots, asked, strict=True)):
        try:
            _check(session, rules, draft, slot=slot, patient=patient, service=service)
        except Conflict:
            if len(slots) == 1:
                raise
            raise Conflict(policy.ONE_OF_SEVERAL, about=str(slot.id)) from None
        booked.append(_take(session, rules, draft, slot=slot, patient=patient, number=number))
    return booked


def _take(
    session: Session,
    rules: ClinicRules,
    draft: Draft,
    *,
    slot: Slot,
    patient: Patient,
    number: int,
) -> str:
    appointment = _new_appointment(session, slot, patient, draft)
    if number:
        # The same draft again, but for a number: each of its hours is booked once.
        appointment.draft_id = f"{draft.id[:20]}.{number}"
    slot.status = BOOKED
    for name, value in NO_HOLD.items():
        setattr(slot, name, value)
    session.flush()
    hour_rows.block_overlapping(session, slot)
    _note(session, "appointment.book", appointment)
    mail.tell_booked(session, rules, appointment)
    return appointment.public_id


def _check(
    session: Session,
    rules: ClinicRules,
    draft: Draft,
    *,
    slot: Slot,
    patient: Patient,
    service: str | None,
) -> None:
    """Raises what the policy says against it; else the quota counts it."""
    now = clock.now()
    sanction = sanctions.in_force(session, rules, int(draft.account_id or 0))
    if sanction is None and slot.status != FREE:  # as the policy says; most who lose, lose here
        raise Conflict(policy.SLOT_TAKEN)
    person = policy.PersonFacts(
        is_busy=is_busy(session, patient.id, slot),
        ahead=session.scalar(count_ahead(patient.id, slot.service_id, now)) or 0,
        is_barred=sanction is not None,
    )
    facts = _slot_facts(session, slot, draft, service)
    decision = policy.may_book(policy.hour_rules(rules.booking), facts, person, now=now)
    if sanction is not None:
        raise NotAllowed(policy.BARRED, until=sanction.until, why=sanction.reason)
    if not decision.allowed:
        raise Conflict(str(decision.reason))
    if not quotas.take(session, slot):
        raise Conflict(policy.WEB_QUOTA_TAKEN)


def _slot_facts(
    session: Session, slot: Slot, draft: Draft, service: str | None
) -> policy.SlotFacts:
    is_others = slot.held_by_draft_id not in (None, draft.id)
    return policy.SlotFacts(
        starts_at=slot.starts_at,
        is_free=slot.status == FREE and _is_asked_for(slot, service),
        held_by_other_until=slot.held_until if is_others else None,
        web_left=quotas.left(session, slot),
        is_offered=is_for_waiting(slot.held_by_draft_id),
    )


def _is_asked_for(slot: Slot, service: str | None) -> bool:
    """Of the service that the draft names, and one that patients book by themselves."""
    return slot.service.booking == DIRECT and slot.service.code == service


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


def release_appointment(rules: ClinicRules, command: ReleaseAppointment) -> None:
    """
    Give an hour back; somebody else can have it at once.  Doing it again changes nothing.

    Raises: ``NotFound`` for another's, ``NotAllowed`` with the policy's reason, ``Conflict``
    (``release.consequence``) when it costs something else by now than was agreed to.
    """
    with transaction(command.viewer) as session:
        appointment = session.scalar(
            select(Appointment).where(
                Appointment.public_id == command.appointment_id,
                Appointment.patient_id == command.viewer.patient_id,
            )
        )
        if appointment is None:
            raise NotFound
        slot = hour_rows.lock_hour(session, appointment.slot_id) if appointment.slot_id else None
        lock_people(session, rules, command.viewer)
        session.refresh(appointment, with_for_update=True)
        if appointment.status == APPOINTMENT_CANCELLED:
            return
        _check_release(rules, appointment)
        account_id, is_clinics_doing = command.viewer.account_id, bool(appointment.affected_at)
        cost = sanctions.consequence(session, rules, account_id, appointment.starts_at)
        cost = None if is_clinics_doing else cost
        if not policy.agrees(cost, command.agreed):
            raise Conflict(policy.CONSEQUENCE_CHANGED)
        _release(session, rules, appointment, slot)
        if not is_clinics_doing:
            sanctions.charge(session, rules, command.viewer, appointment, cost)


def _check_release(rules: ClinicRules, appointment: Appointment) -> None:
    now = clock.now()
    facts = hour_rows.facts_of(appointment, now)
    check(policy.may_release(policy.hour_rules(rules.booking), facts, now=now))


def _release(
    session: Session, rules: ClinicRules, appointment: Appointment, slot: Slot | None
) -> None:
    appointment.status = APPOINTMENT_CANCELLED
    appointment.cancelled_at = clock.now()
    appointment.sequence += 1
    agenda_changes.end(session, appointment, agenda_changes.RELEASED)
    session.flush()
    if slot is not None:
        hour_rows.free(session, slot)
        note_freed(session, slot)
    quotas.give_back(session, appointment)
    _note(session, "appointment.release", appointment)
    mail.tell_released(session, rules, appointment)


def _note(session: Session, action: str, appointment: Appointment) -> None:
    audit.record(
        session,
        action,
        record_type="appointment",
        record_id=appointment.public_id,
        patient_id=appointment.patient_id,
        detail={"starts_at": appointment.starts_at.isoformat()},
    )
