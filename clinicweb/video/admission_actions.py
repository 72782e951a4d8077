"""What the doctor does with who waits: calls them in, and says what came of it."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clinicweb.booking.models import APPOINTMENT_BOOKED
from clinicweb.chat.membership import lock_accounts, lock_place
from clinicweb.chat.models import WITH_PATIENT, Conversation, ConversationMember
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import transaction
from clinicweb.core.decision import check, refuse
from clinicweb.core.text import clean_text
from clinicweb.core.viewer import Viewer
from clinicweb.video import attention_policy as policy
from clinicweb.video import lines, ringing
from clinicweb.video import policy as calls
from clinicweb.video.boxes import STATUS_BY_OUTCOME, Box, lock_attended
from clinicweb.video.ringing import Ringing

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Conclude:
    """*outcome*: one of ``attention_policy.OUTCOMES``; *note*: the doctor's own, may be empty."""

    viewer: Viewer
    appointment_id: str
    outcome: str
    note: str = ""


def admit(rules: ClinicRules, viewer: Viewer, appointment_id: str) -> str:
    """
    Call the person in: it rings at whoever came; pressed again, it is the call that there is.

    Returns: the call's public id.
    Raises: ``NotFound`` for an appointment that the viewer does not attend, ``NotAllowed``.
    """
    with transaction(viewer) as session:
        box = lock_attended(session, viewer, appointment_id)
        callee_id = box.attention.account_id if box.attention else None
        check(policy.may_admit(rules.video, box.facts, now=clock.now()))
        patient_id = box.appointment.patient_id
        conversation_id = _conversation_of(session, rules, viewer, callee_id, patient_id)
        ids = [viewer.account_id, *([callee_id] if callee_id else [])]
        if callee_id is None or callee_id not in lock_accounts(session, ids):
            check(refuse(calls.NOBODY_THERE))
        live = ringing.live_of(session, ids)
        for call in live:
            if call.appointment_id == box.appointment.id and call.caller_id == viewer.account_id:
                return call.public_id
        check(calls.is_free(ringing.busy_of(live, viewer.account_id, callee_id)))
        return _let_in(session, rules, box, (viewer.account_id, ids[-1], conversation_id))


def _let_in(
    session: Session, rules: ClinicRules, box: Box, parties: tuple[int, int, int | None]
) -> str:
    caller_id, callee_id, conversation_id = parties
    attention, appointment = box.opened(session), box.appointment
    attention.admitted_at = attention.admitted_at or clock.now()
    wanted = Ringing(appointment.patient_id, caller_id, callee_id, conversation_id, appointment.id)
    lines.note_appointment(session, "attention.admit", appointment)
    return ringing.ring(session, rules, wanted).public_id


def _conversation_of(
    session: Session,
    rules: ClinicRules,
    viewer: Viewer,
    callee_id: int | None,
    patient_id: int,
) -> int | None:
    """The open one of these two about this patient, locked: it is shown beside the call."""
    members = (
        select(ConversationMember.conversation_id)
        .where(
            ConversationMember.account_id.in_((viewer.account_id, callee_id)),
            ConversationMember.left_at.is_(None),
        )
        .group_by(ConversationMember.conversation_id)
        .having(func.count() == 2)
    )
    query = (
        select(Conversation.public_id)
        .where(
            Conversation.kind == WITH_PATIENT,
            Conversation.patient_id == patient_id,
            Conversation.ended_at.is_(None),
            Conversation.id.in_(members),
        )
        .order_by(Conversation.last_at.desc())
        .limit(1)
    )
    public_id = session.scalar(query)
    return lock_place(session, viewer, rules, public_id).conversation.id if public_id else None


def conclude(rules: ClinicRules, command: Conclude) -> None:
    """
    What came of the appointment; said again, it is corrected.

    Raises: ``NotFound``, ``NotAllowed`` with the policy's reason.
    """
    with transaction(command.viewer) as session:
        box = lock_attended(session, command.viewer, command.appointment_id)
        now, appointment = clock.now(), box.appointment
        check(policy.may_conclude(rules.video, box.facts, command.outcome, now=now))
        attention = box.opened(session)
        attention.outcome, attention.outcome_at = command.outcome, now
        attention.outcome_by_id = command.viewer.account_id
        attention.note = clean_text(command.note)[:LONGEST_NOTE] or None
        if command.outcome in STATUS_BY_OUTCOME:
            appointment.status = STATUS_BY_OUTCOME[command.outcome]
        elif appointment.status in STATUS_BY_OUTCOME.values():
            appointment.status = APPOINTMENT_BOOKED
        lines.note_appointment(session, "attention.conclude", appointment, outcome=command.outcome)
        session.flush()
        lines.announce_waiting(session, appointment.id)
