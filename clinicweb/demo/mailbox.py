"""
A folder in place of the world's mailboxes: what would be sent is kept, and read back.

One ``.eml`` file per message; its name begins with the instant of delivery, so that names sort
as time does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

from clinicweb.core import clock
from clinicweb.core.ids import new_public_id
from clinicweb.notifications.actions import EMAIL, SMS
from clinicweb.notifications.sms import TextMessage

CHANNEL_HEADER = "X-Clinicweb-Channel"
SHOWN = 100
STAMP = "%Y%m%dT%H%M%S.%f"
_NAME = re.compile(r"(?P<stamp>\d{8}T\d{6}\.\d{6})-[\w-]+")
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
# A code stands alone: no part of a longer number, of a phone or of a RUT.
_CODE = re.compile(r"(?<![\w.+-])\d{6}(?![\w-]|\.\d)")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DeliveredMessage:
    """
    A message as its reader meets it; ``at`` is when it was delivered, aware, UTC.

    A text message has no subject.
    """

    id: str
    to: str
    channel: str
    subject: str | None
    text: str
    at: datetime
    attachments: tuple[Attachment, ...]

    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.text)

    @property
    def codes(self) -> list[str]:
        return _CODE.findall(_LINK.sub(" ", self.text))


class MailboxDelivery:
    """Keep each message in *folder*, which is made when missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def deliver(self, message: EmailMessage) -> None:
        path = self._folder / f"{clock.now().strftime(STAMP)}-{new_public_id()}.eml"
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(message.as_bytes(policy=SMTP))
        # A reader sees the whole message or none of it.
        unfinished.replace(path)


class MailboxTexts:
    """Keep text messages beside the mails."""

    def __init__(self, folder: Path) -> None:
        self._mailbox = MailboxDelivery(folder)

    def deliver(self, message: TextMessage) -> None:
        kept = EmailMessage()
        kept["To"], kept[CHANNEL_HEADER] = message.to, SMS
        kept.set_content(message.text)
        self._mailbox.deliver(kept)


def read_mailbox(folder: Path, *, limit: int = SHOWN) -> list[DeliveredMessage]:
    """The messages of *folder*, newest first."""
    paths = sorted(folder.glob("*.eml"), reverse=True)
    return [_read(path) for path in paths[:limit]]


def read_message(folder: Path, message_id: str) -> DeliveredMessage | None:
    """The message of that id, or None; an id is never used as a path before it looks like one."""
    path = folder / f"{message_id}.eml"
    if not _NAME.fullmatch(message_id) or not path.is_file():
        return None
    return _read(path)


def _read(path: Path) -> DeliveredMessage:
    message = message_from_bytes(path.read_bytes(), policy=default)
    body = message.get_body(("plain",))
    channel = str(message.get(CHANNEL_HEADER, EMAIL))
    return DeliveredMessage(
        id=path.stem,
        to=str(message["To"] or ""),
        channel=channel,
        subject=None if channel == SMS else str(message["Subject"] or ""),
        text=body.get_content().replace("\r\n", "\n") if body else "",
        at=_delivered_at(path.stem),
        attachments=tuple(_attachments(message)),
    )


def _delivered_at(message_id: str) -> datetime:
    stamp = message_id.partition("-")[0]
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)


def _attachments(message: EmailMessage) -> Iterator[Attachment]:
    """The parts that have a name: a calendar that stands among the bodies is attached as well."""
    for part in message.walk():
        name, content = part.get_filename(), part.get_payload(decode=True)
        if name and isinstance(content, bytes):
            yield Attachment(name, part.get_content_type(), content)
