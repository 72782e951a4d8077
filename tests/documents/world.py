"""One prescription for each patient of the clinic, and some that nobody is to see."""

from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.core import db
from clinicweb.documents.engines import Engine
from clinicweb.documents.models import MedicationRequest, Prescription

DAY = date(2026, 3, 2)
HIDDEN = ("draft", "entered-in-error")


def fill_papers(session: Session) -> None:
    doctor = session.scalars(select(Practitioner).where(Practitioner.code == "diaz")).one()
    session.flush()
    for patient in session.scalars(select(Patient)):
        for status in ("active", *HIDDEN):
            paper = a_prescription(patient, status)
            paper.requester_id = doctor.id
            session.add(paper)
        session.add(
            Prescription(code=f"{patient.mrn}-empty", patient_id=patient.id, authored_on=DAY)
        )


def a_prescription(patient: Patient, status: str) -> Prescription:
    """Its medicine is called after its patient, and its code after its state."""
    medicine = MedicationRequest(
        code="1",
        medication=f"{patient.given_name}cilina {status}",
        status=status,
        dosage_text="Tome una cada mañana.",
    )
    code = f"{patient.mrn}-{status}"
    return Prescription(code=code, patient_id=patient.id, authored_on=DAY, medications=[medicine])


def paper_of(mrn: str, status: str = "active") -> tuple[str, str]:
    """The public ids of a patient and of their prescription."""
    query = (
        select(Patient.public_id, Prescription.public_id)
        .join(Patient, Patient.id == Prescription.patient_id)
        .where(Prescription.code == f"{mrn}-{status}")
    )
    with db.reading() as session:
        person, paper = session.execute(query).one()
        return person, paper


class Quick(Engine):
    """Makes of any page a PDF that holds nothing; ``made`` are the pages."""

    made: list[str]

    def __init__(self) -> None:
        super().__init__("quick", 0, lambda _made, _paper: [])
        object.__setattr__(self, "made", [])

    def make(self, html: str, paper: str, folder: Path) -> bytes:  # noqa: ARG002  as any engine
        self.made.append(html)
        return b"%PDF-1.7 quick"
