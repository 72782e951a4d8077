"""Files of messages, and those that are still being sent."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinicweb.core.db import Base

if TYPE_CHECKING:
    from clinicweb.chat.models import Message


class Attachment(Base):
    """The file of a message; what it is called on disk says nothing and is shown to nobody."""

    __tablename__ = "message_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(8))  # core.file_kinds: JPEG or PDF
    shown_name: Mapped[str] = mapped_column(String(120))
    size_bytes: Mapped[int]
    stored_name: Mapped[str] = mapped_column(String(32), unique=True)
    preview_name: Mapped[str | None] = mapped_column(String(32), unique=True)
    # Of the picture, in pixels: its place on the page is kept before it comes.
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)

    message: Mapped["Message"] = relationship(back_populates="attachment")


class Upload(Base):
    """A file on its way in parts; how much of it is there, the disk knows."""

    __tablename__ = "message_upload"
    __table_args__ = (
        # Begun again after a reload, it is the same one.
        Index("uq_message_upload_key", "account_id", "conversation_id", "client_key", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    client_key: Mapped[str] = mapped_column(String(22))
    typed_name: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int]
    stored_name: Mapped[str] = mapped_column(String(32), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
