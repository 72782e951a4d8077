"""Messages and their answers as pages show them, for several queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinicweb.contact.models import ContactAnswer, ContactMessage


@dataclass(frozen=True, slots=True)
class AnswerRow:
    author_name: str
    body: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class MessageRow:
    """*about_name*: whom of a family it is about, else empty; instants are aware, UTC."""

    public_id: str
    reference: str
    kind: str
    name: str
    email: str
    has_account: bool
    about_name: str
    body: str
    diagnosis: Mapping[str, Any]
    written_at: datetime
    is_read: bool
    is_closed: bool
    answers: tuple[AnswerRow, ...]


def row_of(found: ContactMessage, about_name: str | None = None) -> MessageRow:
    return MessageRow(
        public_id=found.public_id,
        reference=found.reference,
        kind=found.kind,
        name=found.name,
        email=found.email,
        has_account=found.account_id is not None,
        about_name=about_name or "",
        body=found.body,
        diagnosis=found.diagnosis or {},
        written_at=found.written_at,
        is_read=found.read_at is not None,
        is_closed=found.closed_at is not None,
        answers=tuple(_answer(answer) for answer in found.answers),
    )


def _answer(found: ContactAnswer) -> AnswerRow:
    return AnswerRow(found.author_name, found.body, found.answered_at)
