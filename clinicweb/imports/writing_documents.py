"""Prescriptions of a plan and their medicines, written in bulk."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from clinicweb.audit import actions as audit
from clinicweb.documents.models import MedicationRequest, Prescription
from clinicweb.imports import records
from clinicweb.imports.records import Records
from clinicweb.imports.upsert import chunks, upsert
from clinicweb.imports.writing import Writing, said

_PRESCRIPTION = ("code", "patient_id", "requester_id", "authored_on")
_ITEM = (
    "prescription_id", "code", "medication", "status", "dosage_text", "dose", "frequency",
    "period", "period_unit", "as_needed",
)  # fmt: skip


def write_prescriptions(writing: Writing, new: Records) -> None:
    """Only rows that the plan names are read: a clinic may have a million of them."""
    for some in chunks(new.prescriptions):
        rows = [_prescription(writing, one) for one in some]
        blank = dict.fromkeys(_PRESCRIPTION)
        codes = [row["code"] for row in rows]
        found = upsert(
            writing.session, Prescription, key=("code",), rows=rows, blank=blank,
            where=[Prescription.code.in_(codes)],
        )  # fmt: skip
        writing.outcomes["prescriptions"].created |= found.created
        writing.outcomes["prescriptions"].updated |= found.updated
    for items in chunks(new.prescription_items):
        _write_items(writing, items)
    _note_changes(writing)


def _prescription(writing: Writing, one: records.Prescription) -> dict[str, Any]:
    doctors = writing.ids("practitioners")
    return said(
        one,
        code=one.code,
        patient_id=writing.ids("patients")[one.patient_mrn],
        requester_id=doctors[one.practitioner] if one.practitioner else None,
        authored_on=one.authored_on,
    )


def _write_items(writing: Writing, items: list[records.PrescriptionItem]) -> None:
    ids = _ids(writing, {item.prescription for item in items})
    rows = [_item(ids, item) for item in items]
    found = upsert(
        writing.session, MedicationRequest, key=("prescription_id", "code"), rows=rows,
        blank=dict.fromkeys(_ITEM),
        where=[MedicationRequest.prescription_id.in_(list(ids.values()))],
    )  # fmt: skip
    outcome = writing.outcomes["prescription_items"]
    outcome.created |= found.created
    outcome.updated |= found.updated
    changed = {prescription_id for prescription_id, _code in found.updated}
    for code, prescription_id in ids.items():
        if prescription_id in changed:
            writing.outcomes["prescriptions"].touch((code,))


def _ids(writing: Writing, codes: Iterable[str]) -> dict[str, int]:
    query = select(Prescription.code, Prescription.id).where(Prescription.code.in_(list(codes)))
    return dict(writing.session.execute(query).all())


def _item(ids: Mapping[str, int], item: records.PrescriptionItem) -> dict[str, Any]:
    # A dosage is said whole: half of an old one beside half of a new one would be a third.
    return {
        "prescription_id": ids[item.prescription],
        "code": item.code,
        "medication": item.medication,
        "status": item.status,
        "dosage_text": item.dosage,
        "dose": item.dose,
        "frequency": item.frequency,
        "period": item.period,
        "period_unit": item.period_unit,
        "as_needed": item.as_needed,
    }


def _note_changes(writing: Writing) -> None:
    """A line for each prescription that says something else now, for its patient to read."""
    for some in chunks(sorted(code for (code,) in writing.outcomes["prescriptions"].updated)):
        query = select(Prescription.public_id, Prescription.patient_id)
        for public_id, patient_id in writing.session.execute(
            query.where(Prescription.code.in_(some))
        ):
            audit.record(
                writing.session,
                "prescription.import",
                record_type="prescription",
                record_id=public_id,
                patient_id=patient_id,
            )
