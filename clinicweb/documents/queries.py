"""Reading the documents of the one person whom the viewer acts for; others' do not exist."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer
from clinicweb.documents import policy
from clinicweb.documents.dosage import Dosage
from clinicweb.documents.models import MedicationRequest, Prescription

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class MedicationRow:
    medication: str
    status: str
    dosage: Dosage


@dataclass(frozen=True, slots=True)
class PrescriptionRow:
    """*requester_name* is empty where the clinic's system does not say who."""

    public_id: str
    authored_on: date
    requester_name: str
    is_in_force: bool
    medications: tuple[MedicationRow, ...]


def list_prescriptions(viewer: Viewer) -> tuple[PrescriptionRow, ...]:
    """Of the person whom *viewer* acts for (S3-41), the latest first."""
    with reading() as session:
        return tuple(_row(found) for found in session.scalars(_theirs(viewer)))


def get_prescription(viewer: Viewer, public_id: str) -> PrescriptionRow:
    """One of that person's.  Raises: ``NotFound``."""
    with reading() as session:
        found = session.scalar(_theirs(viewer).where(Prescription.public_id == public_id))
        if found is None:
            raise NotFound
        return _row(found)


def _theirs(viewer: Viewer) -> Select[Prescription]:
    return (
        select(Prescription)
        .where(
            Prescription.patient_id == viewer.patient_id,
            Prescription.medications.any(MedicationRequest.status.not_in(policy.NEVER_ORDERED)),
        )
        .options(joinedload(Prescription.requester), selectinload(Prescription.medications))
        .order_by(Prescription.authored_on.desc(), Prescription.id.desc())
        .limit(MOST_SHOWN)
    )


def _row(found: Prescription) -> PrescriptionRow:
    shown = [one for one in found.medications if one.status not in policy.NEVER_ORDERED]
    return PrescriptionRow(
        public_id=found.public_id,
        authored_on=found.authored_on,
        requester_name=found.requester.full_name if found.requester else "",
        is_in_force=policy.is_in_force([one.status for one in shown]),
        medications=tuple(_medication(one) for one in shown),
    )


def _medication(row: MedicationRequest) -> MedicationRow:
    return MedicationRow(
        medication=row.medication,
        status=row.status,
        dosage=Dosage(
            text=row.dosage_text,
            dose=row.dose,
            frequency=row.frequency,
            period=row.period,
            period_unit=row.period_unit,
            as_needed=row.as_needed,
        ),
    )
