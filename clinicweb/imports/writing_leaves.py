"""Certificates of a plan, written in bulk."""

from typing import Any

from sqlalchemy import select

from clinicweb.audit import actions as audit
from clinicweb.documents.models import SickLeave
from clinicweb.imports import records
from clinicweb.imports.records import Records
from clinicweb.imports.upsert import chunks, upsert
from clinicweb.imports.writing import Writing, said

_FIELDS = (
    "code", "patient_id", "author_id", "status", "kind", "issued_on", "starts_on", "ends_on",
    "note", "replaces_id", "sealing_failed_at",
)  # fmt: skip


def write_sick_leaves(writing: Writing, new: Records) -> None:
    """Only rows that the plan names are read; who replaces whom, once all have an id."""
    for some in chunks(new.sick_leaves):
        _write(writing, [_sick_leave(writing, one) for one in some])
    corrections = [one for one in new.sick_leaves if one.replaces or not one.source.is_partial]
    for some in chunks(corrections):
        ids = _ids(writing, [code for one in some for code in (one.code, one.replaces) if code])
        _write(
            writing,
            [
                {"code": one.code, "replaces_id": ids[one.replaces] if one.replaces else None}
                for one in some
            ],
        )
    _note_changes(writing)


def _write(writing: Writing, rows: list[dict[str, Any]]) -> None:
    found = upsert(
        writing.session, SickLeave, key=("code",), rows=rows, blank=dict.fromkeys(_FIELDS),
        where=[SickLeave.code.in_([row["code"] for row in rows])],
    )  # fmt: skip
    outcome = writing.outcomes["sick_leaves"]
    outcome.created |= found.created
    outcome.updated |= found.updated - outcome.created


def _sick_leave(writing: Writing, one: records.SickLeave) -> dict[str, Any]:
    doctors = writing.ids("practitioners")
    return said(
        one,
        code=one.code,
        patient_id=writing.ids("patients")[one.patient_mrn],
        author_id=doctors[one.practitioner] if one.practitioner else None,
        status=one.status,
        kind=one.kind,
        issued_on=one.issued_on,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        note=one.note,
    )


def _ids(writing: Writing, codes: list[str]) -> dict[str, int]:
    query = select(SickLeave.code, SickLeave.id).where(SickLeave.code.in_(codes))
    return dict(writing.session.execute(query).all())


def _note_changes(writing: Writing) -> None:
    """A line for each that says something else now, for its patient to read."""
    for some in chunks(sorted(code for (code,) in writing.outcomes["sick_leaves"].updated)):
        query = select(SickLeave.public_id, SickLeave.patient_id)
        for public_id, patient_id in writing.session.execute(query.where(SickLeave.code.in_(some))):
            audit.record(
                writing.session,
                "sick_leave.import",
                record_type="sick_leave",
                record_id=public_id,
                patient_id=patient_id,
            )
