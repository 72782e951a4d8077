"""The certificates that the database has already, as far as an import names them."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.documents.models import DocumentSeal, SickLeave
from clinicweb.imports import records
from clinicweb.imports.names import Known
from clinicweb.imports.upsert import chunks


def load_sick_leaves(session: Session, known: Known, new: Iterable[records.SickLeave]) -> None:
    """Whose they are, and what those say that are sealed."""
    named = {code for one in new for code in (one.code, one.replaces) if code}
    replaced = aliased(SickLeave)
    query = (
        select(SickLeave, Patient.mrn, Practitioner.code, replaced.code, DocumentSeal.id)
        .join(Patient, Patient.id == SickLeave.patient_id)
        .outerjoin(Practitioner, Practitioner.id == SickLeave.author_id)
        .outerjoin(replaced, replaced.id == SickLeave.replaces_id)
        .outerjoin(DocumentSeal, DocumentSeal.sick_leave_id == SickLeave.id)
    )
    for some in chunks(sorted(named)):
        for leave, mrn, doctor, code, seal_id in session.execute(
            query.where(SickLeave.code.in_(some))
        ):
            known.names["sick_leaves"].add(leave.code)
            known.certified_to[leave.code] = mrn
            if seal_id is not None:
                said = (getattr(leave, name, None) for name in records.SEALED_FIELDS)
                values = dict(zip(records.SEALED_FIELDS, said, strict=True))
                values |= {"practitioner": doctor, "replaces": code}
                known.sealed[leave.code] = tuple(values.values())
