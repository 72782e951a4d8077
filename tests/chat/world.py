"""The cast's clinic with conversations: rules, viewers, and what stands in the tables."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from clinicweb.accounts.models import Account
from clinicweb.audit.models import AuditEvent
from clinicweb.chat.actions import OpenConversation, Posted, PostMessage, post_message
from clinicweb.chat.actions import open_conversation as open_it
from clinicweb.chat.models import Conversation, ConversationMember, Message
from clinicweb.clinic.rules import ClinicRules, load_rules
from clinicweb.core import clock, db
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer
from tests.booking.crowd import Member

_PRESET = load_rules("chat-clinico")


def rules_with(**chat: Any) -> ClinicRules:
    """The preset with other rules of conversations, the door wide open where nothing is said."""
    wanted = {"is_on": True, "opens": "always", "messages_per_minute": 100_000} | chat
    return _PRESET.model_copy(update={"chat": _PRESET.chat.model_copy(update=wanted)})


RULES = rules_with()


def viewer_of(name: str) -> Viewer:
    """Somebody of the cast as the portal knows them when they are signed in."""
    with db.reading() as session:
        account = session.scalars(select(Account).where(Account.name == name)).one()
        return Viewer(
            account_id=account.id,
            session_id=0,
            name=account.name,
            roles=frozenset(account.roles.split()),
            patient_id=account.patient_id,
            practitioner_id=account.practitioner_id,
        )


def open_with(viewer: Viewer, code: str = "diaz", rules: ClinicRules = RULES) -> str:
    """*viewer* writes to the clinician *code*; the conversation's public id."""
    return open_it(rules, OpenConversation(viewer, clinicians=(code,)))


def open_between(members: Sequence[Member], kind: str) -> str:
    """
    A conversation of *members*, as it stands in the tables.

    Of nobody's record: a crowd has no clinicians, and no patient is in another's.
    """
    now = clock.now()
    conversation = Conversation(
        public_id=new_public_id(), kind=kind, last_number=0, changes=0, created_at=now, last_at=now
    )
    with db.current().writing() as session:
        session.add(conversation)
        session.flush()
        session.add_all(
            ConversationMember(
                conversation_id=conversation.id, account_id=one.viewer.account_id, joined_at=now
            )
            for one in members
        )
        return conversation.public_id


def post(viewer: Viewer, conversation_id: str, text: str = "Hola", **more: Any) -> Posted:
    key = more.pop("client_key", None) or new_public_id()
    rules = more.pop("rules", RULES)
    return post_message(rules, PostMessage(viewer, conversation_id, key, text, **more))


def messages(conversation_id: str) -> list[tuple[int, str]]:
    """Number and text of all that stands in it, in order."""
    with db.reading() as session:
        query = select(Message).join(Conversation, Message.conversation_id == Conversation.id)
        rows = session.scalars(
            query.where(Conversation.public_id == conversation_id).order_by(Message.number)
        )
        return [(row.number, row.text) for row in rows]


def journal(conversation_id: str) -> list[tuple[str, int | None]]:
    """Each act on it, and whose record it is said to be."""
    with db.reading() as session:
        rows = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.record_id == conversation_id)
            .order_by(AuditEvent.id)
        )
        return [(row.action, row.patient_id) for row in rows]
