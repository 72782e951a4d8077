"""Files and the form for them, ready to print."""

from dataclasses import dataclass

from flask import url_for

from clinicweb.chat import attachment_texts
from clinicweb.chat.attachment_forms import FileForm
from clinicweb.chat.attachment_rows import FileRow
from clinicweb.chat.rows import ConversationPage
from clinicweb.clinic.installed import current_rules
from clinicweb.core.file_store import TOO_LARGE
from clinicweb.core.i18n import _
from clinicweb.core.ids import new_public_id
from clinicweb.web.errors import reason_text

_LONGEST_SIDE = 240


@dataclass(frozen=True, slots=True)
class FileCard:
    """*width*, *height*: of the preview on the page, in CSS pixels."""

    id: str
    url: str
    preview_url: str
    alt: str
    label: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class FileFormCard:
    """The form for a file; ``begin_url`` is for scripts."""

    form: FileForm
    send_url: str
    begin_url: str
    accept: str
    kinds_text: str
    longest_mb: int
    large_text: str
    back_url: str


def file_card(conversation_id: str, row: FileRow) -> FileCard:
    where = {"conversation_id": conversation_id, "file_id": row.public_id}
    scale = min(1.0, _LONGEST_SIDE / max(row.width, row.height, 1))
    kind, size = attachment_texts.kind_text(row.kind), attachment_texts.size_text(row.size_bytes)
    return FileCard(
        id=row.public_id,
        url=url_for("chat_files.download", **where),  # type: ignore[arg-type]
        preview_url=url_for("chat_files.preview", **where) if row.width else "",  # type: ignore[arg-type]
        alt=row.name,
        label=_("Descargar (%(kind)s, %(size)s)", kind=kind, size=size),
        width=max(1, round(row.width * scale)),
        height=max(1, round(row.height * scale)),
    )


def file_form(page: ConversationPage) -> FileFormCard | None:
    """None where nothing can be sent."""
    return empty_form(page.public_id) if page.post.allowed else None


def empty_form(conversation_id: str) -> FileFormCard | None:
    """None where the clinic takes no files."""
    rules = current_rules().chat
    if not rules.file_kinds:
        return None
    return FileFormCard(
        form=FileForm(formdata=None, key=new_public_id()),
        send_url=url_for("chat_files.send", conversation_id=conversation_id),
        begin_url=url_for("chat_files.begin", conversation_id=conversation_id),
        accept=attachment_texts.accept(rules.file_kinds),
        kinds_text=attachment_texts.kinds_text(rules.file_kinds),
        longest_mb=rules.file_mb,
        large_text=reason_text(TOO_LARGE, longest_mb=rules.file_mb),
        back_url=url_for("chat.conversation", conversation_id=conversation_id),
    )
