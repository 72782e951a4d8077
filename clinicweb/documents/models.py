"""What doctors order and certify, as the clinic's own system says it.  Names follow FHIR."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinicweb.clinic.models import Practitioner
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
