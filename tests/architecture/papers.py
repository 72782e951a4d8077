"""Ana's documents, for those who walk every route."""

from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.clinic.models import Patient
from clinicweb.core import clock
from clinicweb.documents.models import DocumentSeal, MedicationRequest, Prescription, SickLeave
from clinicweb.documents.sealed_store import store


def hers_on_paper(session: Session, account: Account) -> dict[str, str]:
    """One prescription and one sealed sick leave of hers."""
    ana = session.get_one(Patient, account.patient_id)
    prescription = Prescription(code="canary", patient_id=ana.id, authored_on=clock.now().date())
    medicine = MedicationRequest(code="1", medication="Canarina 5 mg", status="active")
    prescription.medications.append(medicine)
    session.add(prescription)
    leave = _a_sick_leave(session, ana)
    return {
        "person_id": ana.public_id,
        "prescription_id": prescription.public_id,
        "sick_leave_id": leave.public_id,
    }


def _a_sick_leave(session: Session, ana: Patient) -> SickLeave:
    today = clock.now().date()
    leave = SickLeave(
        code="canary", patient_id=ana.id, status="final", kind="Reposo canario", issued_on=today,
        starts_on=today, ends_on=today,
    )  # fmt: skip
    seal = DocumentSeal(
        code="CANARYCANARY", sick_leave=leave, content_hash=store().keep(b"%PDF-1.7 Canary"),
        certificate_hash="0" * 64, sealed_at=clock.now(), expires_on=today,
    )  # fmt: skip
    session.add(seal)
    session.flush()
    return leave
