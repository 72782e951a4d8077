"""
The worker's part for who leaves messages unread: they are told once, whatever comes after, until
they have read; what was written, by whom and about what never leaves the portal.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from clinicweb.audit import actions as audit
from clinicweb.chat import letters
from clinicweb.chat.acting import may_be_in
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
from clinicweb.notifications.models import PushDevice

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
    age, told = timedelta(minutes=rules.chat.notify_minutes), ConversationMember.told_number
    return _work(
        lambda: _waiting(told, clock.now() - age),
        lambda session, row: _tell(session, rules, row),
        is_stopping,
    )


def push_unread(rules: ClinicRules, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """The same, sooner, by the browsers of who allowed it there."""
    if not rules.chat.pushes:
        return 0
    age, told = timedelta(seconds=rules.chat.push_seconds), ConversationMember.pushed_number
    has_device = exists().where(PushDevice.account_id == ConversationMember.account_id)
    return _work(
        lambda: _waiting(told, clock.now() - age).where(has_device),
        lambda session, row: _push(session, rules, row),
        is_stopping,
    )


def _work(
    waiting: Callable[[], Select[ConversationMember]],
    tell: Callable[[Session, ConversationMember], None],
    is_stopping: Callable[[], bool],
) -> int:
    told = 0
    while not is_stopping():
        taken = work_through(waiting(), _WORKER, tell)
        told += taken
        if not taken:
            break
    return told


def _waiting(told: InstrumentedAttribute[int], until: datetime) -> Select[ConversationMember]:
    """Who has read nothing of what was sent *until* then, and was not told of it."""
    recent = select(Conversation.id).where(Conversation.last_at > until - _LATEST)
    of_another = or_(
        Message.author_id.is_(None), Message.author_id != ConversationMember.account_id
    )
    has_waited = exists().where(
        Message.conversation_id == ConversationMember.conversation_id,
        Message.number > ConversationMember.read_number,
        Message.kind.in_(_NEWS),
        Message.deleted_at.is_(None),
        Message.sent_at <= until,
        of_another,
    )
    return (
        select(ConversationMember)
        .where(
            ConversationMember.conversation_id.in_(recent),
            ConversationMember.left_at.is_(None),
            # Who was told has read since: another stretch has begun.
            told <= ConversationMember.read_number,
            has_waited,
        )
        .order_by(ConversationMember.conversation_id, ConversationMember.account_id)
    )


def _tell(session: Session, rules: ClinicRules, row: ConversationMember) -> None:
    conversation = session.get_one(Conversation, row.conversation_id)
    row.told_number = conversation.last_number
    is_theirs = may_be_in(session, rules, row.account, conversation)
    ways = letters.tell_unread(session, rules, conversation, row) if is_theirs else ()
    _note(session, conversation, row, ways)


def _push(session: Session, rules: ClinicRules, row: ConversationMember) -> None:
    conversation = session.get_one(Conversation, row.conversation_id)
    row.pushed_number = conversation.last_number
    is_theirs = may_be_in(session, rules, row.account, conversation)
    if is_theirs:
        letters.push_unread(session, rules, conversation, row)
    _note(session, conversation, row, ("push",) if is_theirs else ())


def _note(
    session: Session, conversation: Conversation, row: ConversationMember, ways: Sequence[str]
) -> None:
    audit.record(
        session,
        "conversation.notify",
        record_type="conversation",
        record_id=conversation.public_id,
        patient_id=conversation.patient_id,
        detail={"by": " ".join(ways), "account": row.account_id},
    )
