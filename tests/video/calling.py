"""Calls of the cast, and what stands in the tables about them."""

from sqlalchemy import select

from clinicweb.audit.models import AuditEvent
from clinicweb.chat.models import Conversation, Message
from clinicweb.core import db
from clinicweb.video.models import Call
from tests.chat.world import RULES

RINGS = RULES.video.ring_seconds
LASTS = RULES.video.max_minutes * 60


def status_of(call_id: str) -> str:
    with db.reading() as session:
        return session.scalars(select(Call.status).where(Call.public_id == call_id)).one()


def calls() -> list[str]:
    """What became of each call that there ever was."""
    with db.reading() as session:
        return list(session.scalars(select(Call.status).order_by(Call.id)))


def told(conversation_id: str) -> list[tuple[str, dict[str, str]]]:
    """The lines that calls left in a conversation."""
    query = (
        select(Message)
        .join(Conversation, Message.conversation_id == Conversation.id)
        .where(Conversation.public_id == conversation_id, Message.kind.like("call.%"))
        .order_by(Message.number)
    )
    with db.reading() as session:
        return [(row.kind, dict(row.detail or {})) for row in session.scalars(query)]


def journal(call_id: str) -> list[tuple[str, str]]:
    """Each act on a call, and who did it."""
    query = select(AuditEvent).where(AuditEvent.record_id == call_id).order_by(AuditEvent.id)
    with db.reading() as session:
        return [(row.action, row.actor_name) for row in session.scalars(query)]
