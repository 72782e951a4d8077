"""The outbox: a message is written in the same transaction as the act that it tells of."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from clinicweb.core.db import Base

EMAIL = "email"
SMS = "sms"

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
    channel: Mapped[str] = mapped_column(String(10))  # email, sms
    recipient: Mapped[str] = mapped_column(String(254))  # an address, or a number in E.164
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
