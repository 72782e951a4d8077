"""
The worker's part for who leaves messages unread: they are told once, whatever comes after, until
they have read; what was written, by whom and about what never leaves the portal.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.chat import letters
from clinicweb.chat.models import (
    ENDED,
    TEXT,
    TRANSFERRED,
    Conversation,
    ConversationMember,
    Message,
)
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.queue import work_through
from clinicweb.core.viewer import SystemActor

_WORKER = SystemActor("unread-messages")
# Of lines of the portal itself, those that somebody waits for.
_NEWS = (TEXT, TRANSFERRED, ENDED)
# After a longer silence of the worker it is no news any more.
_LATEST = timedelta(days=7)


def tell_unread(rules: ClinicRules, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """
    Tell everybody who has left messages unread for the minutes of the rule, each once for all
    that wait in a conversation, however many workers.

    Returns: how many were told.
    """
    if not rules.chat.is_on or rules.chat.notify == "off":
        return 0
    told = taken = 0
    while not is_stopping():
        waiting = _waiting(clock.now(), timedelta(minutes=rules.chat.notify_minutes))
        taken = work_through(waiting, _WORKER, lambda session, row: _tell(session, rules, row))
        told += taken
        if not taken:
            break
    return told


def _waiting(now: datetime, age: timedelta) -> Select[ConversationMember]:
    recent = select(Conversation.id).where(Conversation.last_at > now - _LATEST)
    of_another = or_(
        Message.author_id.is_(None), Message.author_id != ConversationMember.account_id
    )
    has_waited = exists().where(
        Message.conversation_id == ConversationMember.conversation_id,
        Message.number > ConversationMember.read_number,
        Message.kind.in_(_NEWS),
        Message.deleted_at.is_(None),
        Message.sent_at <= now - age,
        of_another,
    )
    return (
        select(ConversationMember)
        .where(
            ConversationMember.conversation_id.in_(recent),
            ConversationMember.left_at.is_(None),
            # Who was told has read since: another stretch has begun.
            ConversationMember.told_number <= ConversationMember.read_number,
            has_waited,
        )
        .order_by(ConversationMember.conversation_id, ConversationMember.account_id)
    )


def _tell(session: Session, rules: ClinicRules, row: ConversationMember) -> None:
    conversation = session.get_one(Conversation, row.conversation_id)
    row.told_number = conversation.last_number
    ways = letters.tell_unread(session, rules, conversation, row)
    audit.record(
        session,
        "conversation.notify",
        record_type="conversation",
        record_id=conversation.public_id,
        patient_id=conversation.patient_id,
        detail={"by": " ".join(ways), "account": row.account_id},
    )
