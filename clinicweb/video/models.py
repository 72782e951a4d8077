"""Calls: who with whom, when, how long, how each ended.  Nothing of what was said or seen."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from clinicweb.core.db import Base

IS_LIVE = text("ended_at IS NULL")


class Call(Base):
    """
    One call (FHIR Encounter, class virtual).

    ``deadline_at``: until when it rings; once answered, until when it lasts.  A *seat* is the one
    page by which a party is in it: its key, made by that page.
    """

    __tablename__ = "video_call"
    __table_args__ = (
        # Who presses twice, or two at once, get one call; nobody is in two.
        Index(
            "uq_video_call_live_conversation", "conversation_id",
            unique=True, sqlite_where=IS_LIVE, postgresql_where=IS_LIVE,
        ),
        Index(
            "uq_video_call_live_appointment", "appointment_id",
            unique=True, sqlite_where=IS_LIVE, postgresql_where=IS_LIVE,
        ),
        Index(
            "uq_video_call_live_caller", "caller_id",
            unique=True, sqlite_where=IS_LIVE, postgresql_where=IS_LIVE,
        ),
        Index(
            "uq_video_call_live_callee", "callee_id",
            unique=True, sqlite_where=IS_LIVE, postgresql_where=IS_LIVE,
        ),
        # What the worker asks every second.
        Index(
            "ix_video_call_live_deadline_at", "deadline_at",
            sqlite_where=IS_LIVE, postgresql_where=IS_LIVE,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    # Where it began; one of an appointment has the conversation of the two beside it, if any.
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), index=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    caller_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    callee_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    status: Mapped[str] = mapped_column(String(10))  # as in ``policy``
    asked_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    # When who is called was told outside the portal, or found to need no telling.
    told_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # None where the clock ended it.
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None] = mapped_column(String(200))
    caller_seat: Mapped[str | None] = mapped_column(String(22))
    callee_seat: Mapped[str | None] = mapped_column(String(22))
    # How good the line was, as each party's page measured it: numbers alone.
    quality: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
