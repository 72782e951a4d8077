"""Appointments by video before and after their calls: who came, who was attended."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from clinicweb.core.db import Base


class Attention(Base):
    """
    The box of one appointment (FHIR Encounter, class virtual); there is none until somebody comes.

    ``account_id``: who came, the patient or who acts for them.  ``seen_at``: when their page last
    said that it is there.  ``left_at``: they said that they go; coming back takes it away.
    """

    __tablename__ = "attention"

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    # How they said that they are called.
    shown_name: Mapped[str | None] = mapped_column(String(120))
    arrived_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    admitted_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))  # as in ``attention_policy``
    outcome_at: Mapped[datetime | None]
    outcome_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str | None] = mapped_column(Text)


class TelecareText(Base):
    """A text that people consented to, as it stood then: its SHA-256 names it."""

    __tablename__ = "telecare_text"

    text_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class TelecareConsent(Base):
    """Who consented for which patient to which text, when, and from which network address."""

    __tablename__ = "telecare_consent"
    __table_args__ = (
        # Asked once: of two windows that answer, one row is written.
        Index(
            "uq_telecare_consent_text", "patient_id", "account_id", "version", "text_hash",
            unique=True,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    version: Mapped[str] = mapped_column(String(40))
    text_hash: Mapped[str] = mapped_column(ForeignKey("telecare_text.text_hash"))
    accepted_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(60))
