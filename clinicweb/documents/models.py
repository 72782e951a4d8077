"""What doctors order and certify, as the clinic's own system says it.  Names follow FHIR."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.core.db import Base
from clinicweb.core.ids import new_public_id


class Prescription(Base):
    """What one doctor ordered for one patient at once (a ``groupIdentifier`` in FHIR)."""

    __tablename__ = "prescription"
    __table_args__ = (Index(None, "patient_id", "authored_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    requester_id: Mapped[int | None] = mapped_column(ForeignKey("practitioner.id"))
    authored_on: Mapped[date]

    requester: Mapped[Practitioner | None] = relationship()
    medications: Mapped[list["MedicationRequest"]] = relationship(order_by="MedicationRequest.id")


class MedicationRequest(Base):
    """One medicine of a prescription, and how it is taken (FHIR MedicationRequest)."""

    __tablename__ = "medication_request"
    __table_args__ = (UniqueConstraint("prescription_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    prescription_id: Mapped[int] = mapped_column(ForeignKey("prescription.id"))
    code: Mapped[str] = mapped_column(String(120))
    medication: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(20))  # active, completed, stopped…
    # In the doctor's words; else as far as the clinic's system tells it in numbers.
    dosage_text: Mapped[str | None] = mapped_column(Text)
    dose: Mapped[str | None] = mapped_column(String(60))  # «1 tableta»
    frequency: Mapped[int | None]  # so many times…
    period: Mapped[int | None]  # …in so many…
    period_unit: Mapped[str | None] = mapped_column(String(3))  # …s min h d wk mo a
    as_needed: Mapped[bool | None]


class SickLeave(Base):
    """
    A certificate that somebody cannot work for some days (a FHIR DocumentReference).

    A correction is another one, which replaces it: see ``policy`` for who reads which.
    """

    __tablename__ = "sick_leave"
    __table_args__ = (Index(None, "patient_id", "issued_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("practitioner.id"))
    status: Mapped[str] = mapped_column(String(20))  # FHIR's docStatus
    kind: Mapped[str] = mapped_column(String(120))  # «Enfermedad general»
    issued_on: Mapped[date]
    starts_on: Mapped[date]  # both days included
    ends_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(Text)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("sick_leave.id"), index=True)
    sealing_failed_at: Mapped[datetime | None]

    patient: Mapped[Patient] = relationship()
    author: Mapped[Practitioner | None] = relationship()


class DocumentSeal(Base):
    """
    The one PDF of a document, signed: its bytes are kept under *content_hash*, for good.

    ``code`` is printed on it; whoever has the paper may ask what it is worth.
    """

    __tablename__ = "document_seal"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    sick_leave_id: Mapped[int] = mapped_column(ForeignKey("sick_leave.id"), unique=True)
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256, hexadecimal
    certificate_hash: Mapped[str] = mapped_column(String(64))  # of who signed, in DER
    sealed_at: Mapped[datetime]
    expires_on: Mapped[date]  # the last day on which it is vouched for
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(String(200))

    sick_leave: Mapped[SickLeave] = relationship()
