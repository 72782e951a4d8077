"""How far somebody has read, as their page tells; and the journal's line of who looked."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.chat.attachment_queries import FileOnDisk
from clinicweb.chat.membership import find_place, lock_place
from clinicweb.chat.models import Conversation, ConversationMember
from clinicweb.chat.news import READ
from clinicweb.chat.rows import ConversationPage
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import events
from clinicweb.core.db import bookkeeping, noting
from clinicweb.core.events import Event
from clinicweb.core.viewer import PRACTITIONER, Viewer


def note_shown(viewer: Viewer, page: ConversationPage) -> None:
    """The journal's line, where another than the patient was shown a patient's conversation."""
    is_another = PRACTITIONER in viewer.roles or bool(page.acts_for)
    if page.patient_id is not None and is_another:
        _note(viewer, "conversation.read", ("conversation", page.public_id), page.patient_id)


def note_file(viewer: Viewer, file_id: str, file: FileOnDisk) -> None:
    """The same of a file that was taken out of it."""
    if file.patient_id is not None and file.patient_id != viewer.patient_id:
        _note(viewer, "file.read", ("file", file_id), file.patient_id)


def _note(viewer: Viewer, action: str, record: tuple[str, str], patient_id: int) -> None:
    with noting() as session:
        audit.log_read(session, viewer, action, record=record, patient_id=patient_id)


def mark_read(viewer: Viewer, rules: ClinicRules, conversation_id: str, number: int) -> bool:
    """
    Note that *viewer* has seen all up to *number*; it never goes back, nor past what there is.

    Returns: whether that was news.  Raises: ``NotFound``.
    """
    with bookkeeping() as session:
        place = find_place(session, viewer, rules, conversation_id)
        if place.is_new:
            # Their page has said that it stands: they are told from now on.
            place = lock_place(session, viewer, rules, conversation_id)
        number = min(number, place.conversation.last_number)
        is_news = _mark(session, viewer, conversation_id, number)
        if is_news:
            _announce(session, conversation_id, place.account_ids)
        return is_news


def _announce(session: Session, conversation_id: str, to: frozenset[int]) -> None:
    events.announce(session, Event(READ, to=to, ids={"conversation": conversation_id}))


def _mark(session: Session, viewer: Viewer, conversation_id: str, number: int) -> bool:
    # Of two windows of one person the one that is further decides.
    it = select(Conversation.id).where(Conversation.public_id == conversation_id)
    further = (
        update(ConversationMember)
        .where(
            ConversationMember.conversation_id == it.scalar_subquery(),
            ConversationMember.account_id == viewer.account_id,
            ConversationMember.read_number < number,
        )
        .values(read_number=number)
        .returning(ConversationMember.read_number)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(further) is not None
