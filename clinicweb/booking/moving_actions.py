"""What a patient does to have another hour in the place of the one they have."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinicweb.booking import hour_rows, policy, sanctions
from clinicweb.booking.holds import hold_slot
from clinicweb.booking.models import Appointment, Slot
from clinicweb.booking.moving_rows import Hours, change_hour, check_move, is_there, lock_both
from clinicweb.booking.person_rows import lock_people
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, drafts
from clinicweb.core.db import again_after_a_ring, bookkeeping, transaction
from clinicweb.core.drafts import Draft, Owner
from clinicweb.core.errors import Conflict, NotAllowed, NotFound
from clinicweb.core.viewer import Viewer

FLOW = "cambio"
_KEPT = timedelta(hours=1)  # longer than any hold


@dataclass(frozen=True, slots=True)
class MoveAppointment:
    """*agreed*: the code of the consequence that was shown before the button, if any."""

    viewer: Viewer
    appointment_id: str
    slot_id: int
    agreed: str = ""


@again_after_a_ring
def move_appointment(rules: ClinicRules, command: MoveAppointment) -> None:
    """
    Put an appointment at another hour; the old one is kept until the new one is had.

    Doing it again changes nothing.

    Raises: ``NotFound`` for another's, ``NotAllowed`` with the policy's reason, ``Conflict`` with
    what is against the new hour, ``move.changed`` or ``move.consequence``.
    """
    try:
        with transaction(command.viewer) as session:
            appointment = _own(session, command.viewer, command.appointment_id)
            hours = lock_both(session, appointment, command.slot_id)
            lock_people(session, rules, command.viewer)
            if is_there(session, appointment, hours):
                return
            check_move(rules, appointment)
            _move(session, rules, command, appointment, hours)
    except IntegrityError as error:
        raise hour_rows.conflict_of(error) from None


def _move(
    session: Session,
    rules: ClinicRules,
    command: MoveAppointment,
    appointment: Appointment,
    hours: Hours,
) -> None:
    if appointment.affected_at is not None:  # the clinic's doing costs nobody anything
        change_hour(session, rules, appointment, hours)
        return
    account_id = command.viewer.account_id
    sanction = sanctions.in_force(session, rules, account_id)
    if sanction is not None:
        raise NotAllowed(policy.BARRED, until=sanction.until, why=sanction.reason)
    cost = sanctions.move_consequence(session, rules, account_id, appointment.starts_at)
    if not policy.agrees(cost, command.agreed):
        raise Conflict(policy.MOVE_COST_CHANGED)
    change_hour(session, rules, appointment, hours)
    if policy.is_counted(rules.booking.move_counts_as_cancellation, cost):
        sanctions.charge(session, rules, command.viewer, appointment, cost)


def _own(session: Session, viewer: Viewer, public_id: str) -> Appointment:
    query = select(Appointment).where(
        Appointment.public_id == public_id, Appointment.patient_id == viewer.patient_id
    )
    appointment = session.scalar(query)
    if appointment is None:
        raise NotFound
    return appointment


def keep_hour(rules: ClinicRules, viewer: Viewer, appointment_id: str, slot_id: int) -> None:
    """
    Keep an hour for whoever is about to take it in the place of their own.

    Raises: ``NotFound`` for another's appointment, ``Conflict`` when the hour cannot be had.
    """
    try:
        _keep_hour(rules, viewer, appointment_id, slot_id)
    except IntegrityError:  # two presses at once: the draft is there now
        _keep_hour(rules, viewer, appointment_id, slot_id)


def _keep_hour(rules: ClinicRules, viewer: Viewer, appointment_id: str, slot_id: int) -> None:
    with bookkeeping() as session:
        appointment = _own(session, viewer, appointment_id)
        draft = _draft(session, appointment, viewer)
        hold_slot(
            session,
            rules.booking,
            slot_id,
            service=appointment.service.code,
            draft_id=draft.id,
            account_id=viewer.account_id,
            also=[Slot.modality == appointment.modality],
        )


def _draft(session: Session, appointment: Appointment, viewer: Viewer) -> Draft:
    """Hours are kept for drafts: this one has no answers, and counts among the account's."""
    draft = session.get(Draft, appointment.public_id) or drafts.start(
        session, appointment.public_id, FLOW, Owner(account_id=viewer.account_id)
    )
    draft.account_id, draft.expires_at = viewer.account_id, clock.now() + _KEPT
    session.flush()
    return draft
