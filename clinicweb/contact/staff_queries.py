"""Reading messages to the clinic as its staff does; whoever is of the staff sees all."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import selectinload

from clinicweb.clinic.models import Patient
from clinicweb.contact.models import ContactMessage
from clinicweb.contact.rows import MessageRow, row_of
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.search import words_of
from clinicweb.core.viewer import ADMIN, FRONT_DESK, Viewer

STAFF = (FRONT_DESK, ADMIN)
OPEN, CLOSED = "abiertos", "cerrados"
A_PAGE = 20
# So far back words are looked for; a reference is found however old.
SEARCHED = timedelta(days=365)
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class InboxSearch:
    """*state*: ``OPEN`` or ``CLOSED``; *before*: the public id of the last one seen."""

    state: str = OPEN
    kind: str = ""
    words: str = ""
    before: str = ""


def list_messages(viewer: Viewer, search: InboxSearch) -> tuple[tuple[MessageRow, ...], bool]:
    """A page of them, the latest first; and whether there are older ones."""
    with reading() as session:
        found = list(session.scalars(_searched(search).limit(A_PAGE + 1)))
        return tuple(row_of(one) for one in found[:A_PAGE]), len(found) > A_PAGE


def get_message(viewer: Viewer, public_id: str) -> MessageRow:
    """Raises: ``NotFound``."""
    query = (
        select(ContactMessage, Patient)
        .outerjoin(Patient, Patient.id == ContactMessage.patient_id)
        .where(ContactMessage.public_id == public_id)
        .options(selectinload(ContactMessage.answers))
    )
    with reading() as session:
        found = session.execute(query).one_or_none()
        if found is None:
            raise NotFound
        message, patient = found
        return row_of(message, patient.full_name if patient else None)


def count_unread(viewer: Viewer) -> int:
    """Open ones that nobody of the staff has opened yet."""
    with reading() as session:
        query = select(func.count()).where(
            ContactMessage.closed_at.is_(None), ContactMessage.read_at.is_(None)
        )
        return session.scalar(query) or 0


def _searched(search: InboxSearch) -> Select[ContactMessage]:
    is_closed = ContactMessage.closed_at.is_not(None)
    query = (
        select(ContactMessage)
        .where(is_closed if search.state == CLOSED else ~is_closed)
        .options(selectinload(ContactMessage.answers))
        .order_by(ContactMessage.id.desc())
    )
    if search.kind:
        query = query.where(ContactMessage.kind == search.kind)
    if search.before:
        last = select(ContactMessage.id).where(ContactMessage.public_id == search.before)
        query = query.where(ContactMessage.id < last.scalar_subquery())
    return _with_words(query, search.words)


def _with_words(query: Select[ContactMessage], typed: str) -> Select[ContactMessage]:
    words = words_of(typed)[:_MOST_WORDS]
    if not words:
        return query
    is_recent = ContactMessage.written_at >= clock.now() - SEARCHED
    has_all = [ContactMessage.search_key.contains(word, autoescape=True) for word in words]
    is_named = ContactMessage.reference == typed.strip().upper()
    return query.where(or_(is_named, and_(is_recent, *has_all)))
