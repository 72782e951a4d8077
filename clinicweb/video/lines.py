"""What a call tells: a line in its conversation, one in the journal, an event for open pages."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.audit import actions as audit
from clinicweb.booking.models import Appointment
from clinicweb.chat.acting import acted_for
from clinicweb.chat.membership import members_of
from clinicweb.chat.models import Conversation
from clinicweb.chat.news import changed
from clinicweb.chat.people import names_of
from clinicweb.chat.writing import for_whom, tell
from clinicweb.core import clock, events
from clinicweb.core.db import reading
from clinicweb.core.events import Event
from clinicweb.video.attention_models import Attention
from clinicweb.video.models import Call

# Events.  To all pages: somebody calls, or no longer; to those of the call: what it is now, and
# what the other one's page says.
CHANGED = "video.changed"
SIGNAL = "video.signal"
STATE = "video.state"
# To the doctor of an appointment, and to all who wait for them: somebody came, went, is next.
WAITING = "video.waiting"

# Kinds of a conversation's lines, by what a call became.
ASKED = "call.ringing"
# Who came longer ago than this waits no more.
_LATELY = timedelta(hours=12)
_MOST_RECALLED = 200


def say(session: Session, call: Call, kind: str, *, by: int, **detail: str) -> None:
    """A line of the portal in its conversation, if any: what the account *by* did."""
    if call.conversation_id is None:
        return
    query = select(Conversation).where(Conversation.id == call.conversation_id)
    conversation = session.scalars(query.with_for_update()).one()
    session.refresh(conversation)
    members = members_of(session, [conversation.id])
    name = names_of(session, [by])[by]
    acts = [acted_for(row.account, conversation) for row in members if row.account_id == by]
    detail |= for_whom("".join(acts))
    line = tell(session, conversation, kind, name=name, **detail)
    to = [member.account_id for member in members]
    events.announce(session, changed(conversation, to, since=line.change - 1))


def announce(session: Session, call: Call) -> None:
    """Pages of both, on all their devices, show what it is now."""
    for event in _told(call):
        events.announce(session, event)
    if call.appointment_id is not None:
        announce_waiting(session, call.appointment_id)


def _told(call: Call) -> tuple[Event, ...]:
    to = frozenset({call.caller_id, call.callee_id})
    ids = {"call": call.public_id, "status": call.status}
    return tuple(Event(kind, to=to, ids=ids) for kind in (CHANGED, STATE))


def missed(since: datetime) -> tuple[Event, ...]:
    """
    What calls have become since then, the latest of each: for ``live.recalls``.

    ``status`` tells apart what is told once each.
    """
    query = select(Call).order_by(Call.id.desc()).limit(_MOST_RECALLED)
    with reading() as session:
        rows = [call for call in session.scalars(query) if _changed_at(call) > since]
        return tuple(event for call in reversed(rows) for event in _told(call))


def _changed_at(call: Call) -> datetime:
    return call.ended_at or call.answered_at or call.asked_at


def announce_waiting(session: Session, appointment_id: int) -> None:
    """The doctor of *appointment_id*, and who came to them of late, ask what is so now."""
    of_doctor = (
        select(Appointment.practitioner_id)
        .where(Appointment.id == appointment_id)
        .scalar_subquery()
    )
    doctors = select(Account.id).where(Account.practitioner_id == of_doctor)
    came = (
        select(Attention.account_id)
        .join(Appointment, Appointment.id == Attention.appointment_id)
        .where(
            Appointment.practitioner_id == of_doctor,
            Appointment.starts_at > clock.now() - _LATELY,
            Attention.account_id.is_not(None),
            Attention.outcome.is_(None),
        )
    )
    to = frozenset(session.scalars(union_all(doctors, came)))
    events.announce(session, Event(WAITING, to=to))


def note(session: Session, action: str, call: Call, **detail: Any) -> None:
    """The journal's line, which the patient can read."""
    audit.record(
        session,
        action,
        record_type="call",
        record_id=call.public_id,
        patient_id=call.patient_id,
        detail=detail or None,
    )


def note_appointment(
    session: Session, action: str, appointment: Appointment, **detail: str
) -> None:
    """The same, of its appointment by video."""
    audit.record(
        session,
        action,
        record_type="appointment",
        record_id=appointment.public_id,
        patient_id=appointment.patient_id,
        detail=detail or None,
    )
