"""Ana's documents, for those who walk every route."""

from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.clinic.models import Patient
from clinicweb.core import clock
from clinicweb.documents.models import MedicationRequest, Prescription


def hers_on_paper(session: Session, account: Account) -> dict[str, str]:
    """One prescription of hers."""
    ana = session.get_one(Patient, account.patient_id)
    prescription = Prescription(code="canary", patient_id=ana.id, authored_on=clock.now().date())
    medicine = MedicationRequest(code="1", medication="Canarina 5 mg", status="active")
    prescription.medications.append(medicine)
    session.add(prescription)
    session.flush()
    return {"person_id": ana.public_id, "prescription_id": prescription.public_id}
