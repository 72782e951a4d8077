"""
Conversations, who is in them, and what was written.

Two numbers of a conversation only rise, both under its lock: ``last_number`` gives messages their
order (1, 2, 3 …), ``changes`` rises with whatever a page that shows it has to show anew: who says
the last one they know gets what they missed, edits among it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinicweb.accounts.models import Account
from clinicweb.chat.attachment_models import Attachment
from clinicweb.clinic.models import Patient
from clinicweb.core.db import Base

# Conversation.kind
WITH_PATIENT = "patient"
COLLEAGUES = "colleagues"

# Message.kind: what somebody wrote, or what happened
TEXT = "text"
JOINED, LEFT, REMOVED, TRANSFERRED = "joined", "left", "removed", "transferred"
ENDED, REOPENED = "ended", "reopened"

IS_OPEN = text("ended_at IS NULL")


class Conversation(Base):
    """People who write to each other (FHIR has no better word; Encounter when with a patient)."""

    __tablename__ = "conversation"
    __table_args__ = (
        # Who opens one again with the same people gets the one that is open.
        Index(
            "uq_conversation_open_pair", "pair_key",
            unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"), index=True)
    title: Mapped[str | None] = mapped_column(String(80))
    # Of two people or of a form that makes a group: who presses twice opens one.
    pair_key: Mapped[str | None] = mapped_column(String(60))
    last_number: Mapped[int] = mapped_column(default=0)
    changes: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    # The clinician who answers for it; None among colleagues.
    assigned_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(Text)

    patient: Mapped[Patient | None] = relationship()


class ConversationMember(Base):
    """Who is in a conversation, and up to which number they have read it."""

    __tablename__ = "conversation_member"
    __table_args__ = (Index(None, "account_id", "left_at"),)

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    read_number: Mapped[int] = mapped_column(default=0)
    # The last one that a mail or text message told of: one for all that wait.
    told_number: Mapped[int] = mapped_column(default=0)
    # The same for the browsers that tell of messages.
    pushed_number: Mapped[int] = mapped_column(default=0, server_default="0")

    account: Mapped[Account] = relationship()


class Message(Base):
    """One message; *number* is its place.  What was written before stays in ``message_version``."""

    __tablename__ = "message"
    __table_args__ = (
        Index("uq_message_number", "conversation_id", "number", unique=True),
        # Sent again on a bad line, it is the same message.
        Index("uq_message_client_key", "conversation_id", "client_key", unique=True),
        Index(None, "conversation_id", "change"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    number: Mapped[int]
    change: Mapped[int]  # of the conversation, when it last looked different
    kind: Mapped[str] = mapped_column(String(20), default=TEXT)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    client_key: Mapped[str | None] = mapped_column(String(22))
    text: Mapped[str] = mapped_column(Text, default="")
    # What a line of the portal itself tells, {"name": …, "by": …}: words are made for each reader.
    # Of who did it for another, {"for": …}: that one's name.
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    sent_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    author: Mapped[Account | None] = relationship()
    reply_to: Mapped["Message | None"] = relationship(remote_side="Message.id")
    attachment: Mapped[Attachment | None] = relationship(back_populates="message")


class MessageVersion(Base):
    """What a message said before it was changed or deleted."""

    __tablename__ = "message_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime]
