"""Correcting or deleting what one sent, for some minutes; what it said is kept."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.chat import policy
from clinicweb.chat.attachment_actions import drop_file
from clinicweb.chat.membership import Place, lock_place
from clinicweb.chat.models import Message, MessageVersion
from clinicweb.chat.rows import message_facts
from clinicweb.chat.writing import announce, good_text, mark_changed, note
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import transaction
from clinicweb.core.decision import check
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ChangeMessage:
    viewer: Viewer
    conversation_id: str
    message_id: str
    text: str = ""


def edit_message(rules: ClinicRules, command: ChangeMessage) -> None:
    """
    Raises: ``NotFound``, ``NotAllowed`` with the policy's reason, ``InvalidInput``.
    """
    with transaction(command.viewer) as session:
        place, message = _changeable(session, rules, command)
        text = good_text(rules, command.text)
        if text == message.text:
            return
        _keep(session, message)
        message.text, message.edited_at = text, clock.now()
        mark_changed(place.conversation, message)
        note(session, "message.edit", place.conversation, number=message.number)
        announce(session, place, since=message.change - 1)


def delete_message(rules: ClinicRules, command: ChangeMessage) -> None:
    """Its place stays, and says that it was deleted.  Raises as ``edit_message``."""
    with transaction(command.viewer) as session:
        place, message = _changeable(session, rules, command)
        _keep(session, message)
        message.text, message.deleted_at = "", clock.now()
        drop_file(session, message)
        mark_changed(place.conversation, message)
        note(session, "message.delete", place.conversation, number=message.number)
        announce(session, place, since=message.change - 1)


def _changeable(
    session: Session, rules: ClinicRules, command: ChangeMessage
) -> tuple[Place, Message]:
    place = lock_place(session, command.viewer, rules, command.conversation_id)
    query = select(Message).where(
        Message.public_id == command.message_id, Message.conversation_id == place.conversation.id
    )
    message = session.scalar(query)
    if message is None:
        raise NotFound
    facts = message_facts(place, message)
    check(policy.may_change(rules.chat, place.facts, facts, now=clock.now()))
    return place, message


def _keep(session: Session, message: Message) -> None:
    session.add(MessageVersion(message_id=message.id, text=message.text, replaced_at=clock.now()))
