"""Reading the files of messages: access is asked each time, there is no address that lasts."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from clinicweb.chat.attachment_models import Attachment
from clinicweb.chat.membership import find_place
from clinicweb.chat.models import Message
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.file_store import files_of
from clinicweb.core.viewer import Viewer

STORE = "chat"


@dataclass(frozen=True, slots=True)
class FileOnDisk:
    """*preview*: a small picture in WebP; None for a PDF.  *patient_id*: whom the talk is about."""

    path: Path
    preview: Path | None
    kind: str
    name: str
    patient_id: int | None


def get_file(viewer: Viewer, rules: ClinicRules, conversation_id: str, file_id: str) -> FileOnDisk:
    """Raises ``NotFound`` for another's, of a deleted message, or for who is in it no more."""
    with reading() as session:
        place = find_place(session, viewer, rules, conversation_id)
        query = (
            select(Attachment)
            .join(Message)
            .where(
                Attachment.public_id == file_id,
                Message.conversation_id == place.conversation.id,
                Message.deleted_at.is_(None),
            )
        )
        found = session.scalar(query)
        if found is None:
            raise NotFound
        store = files_of(STORE)
        preview = store.path_of(found.preview_name) if found.preview_name else None
        return FileOnDisk(
            path=store.path_of(found.stored_name),
            preview=preview,
            kind=found.kind,
            name=found.shown_name,
            patient_id=place.conversation.patient_id,
        )
