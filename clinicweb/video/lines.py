"""What a call tells: a line in its conversation, one in the journal, an event for open pages."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.chat.membership import members_of
from clinicweb.chat.models import Conversation
from clinicweb.chat.news import changed
from clinicweb.chat.people import names_of
from clinicweb.chat.writing import tell
from clinicweb.core import events
from clinicweb.core.events import Event
from clinicweb.video.models import Call

# Events.  To all pages: somebody calls, or no longer; to those of the call: what it is now, and
# what the other one's page says.
CHANGED = "video.changed"
SIGNAL = "video.signal"
STATE = "video.state"

# Kinds of a conversation's lines, by what a call became.
ASKED = "call.ringing"


def say(session: Session, call: Call, kind: str, *, by: int, **detail: str) -> None:
    """A line of the portal in the conversation: what the account *by* did."""
    query = select(Conversation).where(Conversation.id == call.conversation_id)
    conversation = session.scalars(query.with_for_update()).one()
    session.refresh(conversation)
    name = names_of(session, [by])[by]
    line = tell(session, conversation, kind, name=name, **detail)
    members = members_of(session, [conversation.id])
    to = [member.account_id for member in members]
    events.announce(session, changed(conversation, to, since=line.change - 1))


def announce(session: Session, call: Call) -> None:
    """Pages of both, on all their devices, show what it is now."""
    to = frozenset({call.caller_id, call.callee_id})
    for kind in (CHANGED, STATE):
        events.announce(session, Event(kind, to=to, ids={"call": call.public_id}))


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
