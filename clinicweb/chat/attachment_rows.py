"""The file of a message as pages show it."""

from dataclasses import dataclass

from clinicweb.chat.attachment_models import Attachment


@dataclass(frozen=True, slots=True)
class FileRow:
    """*width*, *height*: of the picture; 0 for what has no preview."""

    public_id: str
    kind: str
    name: str
    size_bytes: int
    width: int
    height: int


def file_row(found: Attachment | None) -> FileRow | None:
    if found is None:
        return None
    return FileRow(
        found.public_id, found.kind, found.shown_name, found.size_bytes, found.width, found.height
    )
