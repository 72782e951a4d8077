"""What the staff does with messages to the clinic: open, answer, close, go on with one."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.audit import actions as audit
from clinicweb.clinic.rules import ClinicRules
from clinicweb.contact import letters, policy
from clinicweb.contact.models import ContactAnswer, ContactMessage
from clinicweb.core import clock
from clinicweb.core.db import noting, transaction
from clinicweb.core.decision import check
from clinicweb.core.errors import Conflict, NotFound
from clinicweb.core.limits import count_attempt
from clinicweb.core.text import clean_text
from clinicweb.core.viewer import Viewer

# Of one message: each is a mail to somebody.
MOST_ANSWERS_A_DAY = 10
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AnswerMessage:
    """
    ``key``: of the form, 22 characters; ``seen``: how many answers its page showed;
    ``closes``: there is nothing more to do.
    """

    viewer: Viewer
    message_id: str
    key: str
    text: str
    seen: int
    closes: bool


def answer_message(rules: ClinicRules, command: AnswerMessage) -> None:
    """
    Keep the answer and send it on its way; pressed again, it is the one that there is.

    Raises: ``NotFound``; ``NotAllowed`` (``contact.closed``); ``Conflict`` (``contact.answered``)
    where a colleague was faster; ``TooManyAttempts``.
    """
    with transaction(command.viewer) as session:
        message = _lock(session, command.message_id)
        query = select(ContactAnswer.id).where(ContactAnswer.client_key == command.key)
        if session.scalar(query) is not None:
            return
        check(policy.may_answer(is_closed=message.closed_at is not None))
        if policy.is_overtaken(answers=_count_answers(session, message), seen=command.seen):
            raise Conflict(policy.ANSWERED)
        key = f"contact-answers:{message.public_id}"
        count_attempt(session, key, limit=MOST_ANSWERS_A_DAY, window=_DAY)
        answer = _answer(session, message, command)
        message.read_at = message.read_at or clock.now()
        if command.closes:
            message.closed_at = clock.now()
        _note(session, "contact.answer", message, closes=command.closes)
        letters.tell_answer(session, rules, message, answer)


def close_message(viewer: Viewer, message_id: str) -> None:
    """There is nothing to answer.  Raises: ``NotFound``."""
    with transaction(viewer) as session:
        message = _lock(session, message_id)
        if message.closed_at is None:
            message.closed_at = clock.now()
            message.read_at = message.read_at or clock.now()
            _note(session, "contact.close", message)


def reopen_message(viewer: Viewer, message_id: str) -> None:
    """Raises: ``NotFound``."""
    with transaction(viewer) as session:
        message = _lock(session, message_id)
        if message.closed_at is not None:
            message.closed_at = None
            _note(session, "contact.reopen", message)


def note_opened(viewer: Viewer, message_id: str) -> None:
    """Somebody of the staff reads it: it waits no more, and its patient can learn who it was."""
    with noting() as session:
        found = select(ContactMessage).where(ContactMessage.public_id == message_id)
        message = session.scalar(found)
        if message is None:
            raise NotFound
        message.read_at = message.read_at or clock.now()
        if message.patient_id is not None:
            record = ("contact_message", message.public_id)
            audit.log_read(
                session, viewer, "contact.read", record=record, patient_id=message.patient_id
            )


def _lock(session: Session, public_id: str) -> ContactMessage:
    query = select(ContactMessage).where(ContactMessage.public_id == public_id)
    message = session.scalar(query.with_for_update())
    if message is None:
        raise NotFound
    return message


def _count_answers(session: Session, message: ContactMessage) -> int:
    query = select(func.count()).where(ContactAnswer.message_id == message.id)
    return session.scalar(query) or 0


def _answer(session: Session, message: ContactMessage, command: AnswerMessage) -> ContactAnswer:
    author = session.get_one(Account, command.viewer.account_id)
    answer = ContactAnswer(
        client_key=command.key,
        message_id=message.id,
        author_id=author.id,
        author_name=author.name,
        body=clean_text(command.text),
        answered_at=clock.now(),
    )
    session.add(answer)
    session.flush()
    return answer


def _note(session: Session, action: str, message: ContactMessage, **detail: bool) -> None:
    audit.record(
        session,
        action,
        record_type="contact_message",
        record_id=message.public_id,
        patient_id=message.patient_id,
        detail=detail or None,
    )
