"""The outbox: a message is written in the same transaction as the act that it tells of."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from clinicweb.core.db import Base

EMAIL = "email"
SMS = "sms"
PUSH = "push"

QUEUED = "queued"
SENDING = "sending"
SENT = "sent"
FAILED = "failed"


class OutboxMessage(Base):
    """One message to one person, whatever became of it."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(
            "ix_outbox_message_due",
            "next_attempt_at",
            sqlite_where=text("status IN ('queued', 'sending')"),
            postgresql_where=text("status IN ('queued', 'sending')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # One act sends one message: enqueuing the same key again is refused by the database.
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    channel: Mapped[str] = mapped_column(String(10))  # email, sms, push
    recipient: Mapped[str] = mapped_column(String(254))  # an address, a number in E.164, a device
    language: Mapped[str] = mapped_column(String(5))
    template: Mapped[str] = mapped_column(String(60))  # folder in templates/email or templates/sms
    context: Mapped[dict[str, Any]] = mapped_column(JSON)
    calendar: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    status: Mapped[str] = mapped_column(String(10), default=QUEUED)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    # While queued: when to try; while sending: when the claim of a dead sender lapses.
    next_attempt_at: Mapped[datetime]
    created_at: Mapped[datetime]
    # When it is worth nothing any more, as a code that has ended: then it is not sent.
    expires_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(300))


class PushDevice(Base):
    """A browser that shows word of messages: where its push service is asked for that, and how."""

    __tablename__ = "push_device"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    # As the browser was given it; who knows it and the keys can be sent to, nothing more.
    endpoint: Mapped[str] = mapped_column(Text)
    # One browser tells one person alone: who allowed it last.
    endpoint_hash: Mapped[str] = mapped_column(String(64), unique=True)
    p256dh: Mapped[str] = mapped_column(String(100))
    auth: Mapped[str] = mapped_column(String(40))
    device: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
