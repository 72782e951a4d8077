"""The journal: rows are only ever added, which the database itself holds to."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from clinicweb.core.db import Base


class AuditEvent(Base):
    """Who did what, when, to which record, and whose record it is (FHIR AuditEvent)."""

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "patient_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(260))
    action: Mapped[str] = mapped_column(String(60))  # appointment.book, session.start, …
    record_type: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[str] = mapped_column(String(40))
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"))
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class AuditBlock(Base):
    """
    Some rows of the journal, chained to the block before.

    ``entries``: id and digest of each row, as ``chain.packed``.  ``awaited``: ids up to
    ``last_id`` that no row has yet (a transaction that goes on, or was given up), and since when.
    """

    __tablename__ = "audit_block"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime]
    last_id: Mapped[int]
    entries: Mapped[bytes] = mapped_column(LargeBinary)
    awaited: Mapped[dict[str, str]] = mapped_column(JSON)
    head: Mapped[str] = mapped_column(String(64))
