"""One line more in a conversation, or one that changed: for all acts, under its lock."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.chat.membership import Place
from clinicweb.chat.models import Conversation, Message
from clinicweb.chat.news import GONE, changed
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, events
from clinicweb.core.errors import InvalidInput
from clinicweb.core.events import Event
from clinicweb.core.ids import is_public_id, new_public_id
from clinicweb.core.text import clean_text


def append(session: Session, conversation: Conversation, **values: Any) -> Message:
    """The next number is this one's: the lock of the conversation makes it nobody else's."""
    conversation.last_number += 1
    conversation.last_at = clock.now()
    message = Message(
        public_id=new_public_id(),
        conversation_id=conversation.id,
        number=conversation.last_number,
        sent_at=conversation.last_at,
        **values,
    )
    mark_changed(conversation, message)
    session.add(message)
    return message


def tell(session: Session, conversation: Conversation, kind: str, **detail: str) -> Message:
    """A line of the portal itself: what happened, in words made for each reader."""
    return append(session, conversation, kind=kind, detail=detail)


def written_by(place: Place) -> dict[str, Any]:
    """Of a message, who writes, and for whom."""
    return {"author_id": place.me.account_id, "detail": for_whom(place.acts_for) or None}


def for_whom(name: str) -> dict[str, str]:
    """What a line's detail says of who acts for the patient *name*; nothing of who does not."""
    return {"for": name} if name else {}


def mark_changed(conversation: Conversation, message: Message) -> None:
    """Pages that show it show it anew."""
    conversation.changes += 1
    message.change = conversation.changes


def announce(session: Session, place: Place, *, since: int, gone: int = 0) -> None:
    """Pages that are open hear what came after the change *since*; who has gone hears no more."""
    events.announce(session, changed(place.conversation, place.account_ids - {gone}, since=since))
    if gone:
        ids = {"conversation": place.conversation.public_id}
        events.announce(session, Event(GONE, to=frozenset({gone}), ids=ids))


def note(session: Session, action: str, conversation: Conversation, **detail: Any) -> None:
    """The journal's line, which the patient of the conversation can read."""
    audit.record(
        session,
        action,
        record_type="conversation",
        record_id=conversation.public_id,
        patient_id=conversation.patient_id,
        detail=detail or None,
    )


def mark_own_read(place: Place, message: Message) -> None:
    """Who writes has read what they wrote; not what came in meanwhile."""
    if place.me.read_number == message.number - 1:
        place.me.read_number = message.number


def mark_seen(place: Place, number: int) -> None:
    """Who answers has read what their page showed, also where no script of it said so."""
    number = min(number, place.conversation.last_number)
    place.me.read_number = max(place.me.read_number, number)


def good_text(rules: ClinicRules, text: str) -> str:
    """*text* as it is kept.  Raises ``InvalidInput``."""
    text = clean_text(text)
    if not text:
        raise InvalidInput({"text": ["chat.empty"]})
    if len(text) > rules.chat.longest_message:
        raise InvalidInput({"text": ["chat.too_long"]})
    return text


def sent_before(session: Session, place: Place, client_key: str) -> Message | None:
    """The same message, where it came already.  Raises ``InvalidInput`` for another's key."""
    if not is_public_id(client_key):
        raise InvalidInput({"client_key": ["chat.key"]})
    query = select(Message).where(
        Message.conversation_id == place.conversation.id, Message.client_key == client_key
    )
    found = session.scalar(query)
    if found is not None and found.author_id != place.me.account_id:
        raise InvalidInput({"client_key": ["chat.key"]})
    return found
