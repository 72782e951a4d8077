"""Sick leaves by CSV and FHIR: never another patient's, and never otherwise once sealed."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import aliased

from clinicweb.audit.models import AuditEvent
from clinicweb.core import clock, db
from clinicweb.documents.models import DocumentSeal, SickLeave
from clinicweb.imports.actions import ImportRefusedError
from tests.imports import bundles, clinic_files
from tests.imports.bundles import bundle, read, reference

HEADS = "code,patient_mrn,practitioner,status,kind,issued_on,starts_on,ends_on,note,replaces\n"
PEOPLE = {
    name: getattr(clinic_files, name.upper())
    for name in ("sites", "services", "practitioners", "agreements", "patients")
}
L1 = "I-1,A1,diaz,final,Enfermedad general,2026-02-27,2026-02-27,2026-03-01,Reposo.,\n"
L2 = "I-2,A1,,final,Enfermedad general,2026-02-28,2026-02-27,2026-03-02,,I-1\n"


def told(refused):
    return [f"{p.line}:{p.column}: {p.message}" for p in refused.value.problems]


def written():
    older = aliased(SickLeave)
    query = select(SickLeave.code, SickLeave.status, older.code).outerjoin(
        older, older.id == SickLeave.replaces_id
    )
    with db.reading() as session:
        return [tuple(row) for row in session.execute(query.order_by(SickLeave.code))]


def seal(code):
    with db.current().writing() as session:
        leave = session.scalars(select(SickLeave).where(SickLeave.code == code)).one()
        sealed = DocumentSeal(
            code="AAAABBBBCCCC", sick_leave=leave, content_hash="0" * 64, certificate_hash="0" * 64,
            sealed_at=clock.now(), expires_on=leave.issued_on,
        )  # fmt: skip
        session.add(sealed)


def test_sick_leaves_come_once_with_whom_they_correct(run, write):
    folder = write(**PEOPLE, sick_leaves=HEADS + L2 + L1)

    first, second = run(folder), run(folder)

    assert (first.kinds["sick_leaves"].created, first.kinds["sick_leaves"].updated) == (2, 0)
    assert not second.changes_anything
    assert written() == [("I-1", "final", None), ("I-2", "final", "I-1")]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (L1.replace("A1", "A9"), "2:5: «A9» no existe"),
        (L1.replace("2026-02-27,2026", "2026-03-09,2026"), "2:38: «2026-03-09»: la fecha está"),
        (L1.replace("2026-03-01", "2026-02-26"), "2:60: termina antes de empezar"),
        (L1.replace("final", "signed"), "2:13: «signed» no es válido"),
        (L1.replace(".,", ".,I-1"), "2:79: sólo reemplaza a otro certificado"),
        (L1.replace(".,", ".,I-9"), "2:79: «I-9» no existe"),
        (L2.replace("A1", "A2") + L1, "2:68: sólo reemplaza a otro certificado"),
    ],
)
def test_mistakes_are_told_with_their_place(run, write, row, problem):
    folder = write(**PEOPLE, sick_leaves=HEADS + row)

    with pytest.raises(ImportRefusedError) as refused:
        run(folder)

    assert [line for line in told(refused) if line.startswith(problem)], told(refused)
    assert written() == []


def test_what_is_sealed_is_corrected_by_another_alone(run, write):
    run(write(**PEOPLE, sick_leaves=HEADS + L1))
    seal("I-1")

    for changed in (L1.replace("03-01", "03-05"), L1.replace("final", "preliminary")):
        with pytest.raises(ImportRefusedError) as refused:
            run(write(sick_leaves=HEADS + changed))
        assert "ya tiene sello" in told(refused)[0]
    run(write(sick_leaves=HEADS + L1.replace("final", "entered-in-error") + L2))

    assert written() == [("I-1", "entered-in-error", None), ("I-2", "final", "I-1")]


def test_a_sick_leave_never_becomes_another_patients_and_a_change_is_in_the_journal(run, write):
    run(write(**PEOPLE, sick_leaves=HEADS + L1))

    with pytest.raises(ImportRefusedError) as refused:
        run(write(sick_leaves=HEADS + L1.replace("A1", "A2")))
    run(write(sick_leaves=HEADS + L1.replace("final", "amended")))

    assert told(refused) == ["2:5: el certificado «I-1» es del paciente «A1»"]
    query = select(AuditEvent.patient_id).where(AuditEvent.action == "sick_leave.import")
    with db.reading() as session:
        assert len(session.scalars(query).all()) == 1


def document(number, **more):
    return {
        "resourceType": "DocumentReference",
        "id": f"d{number}",
        "masterIdentifier": {"value": f"I-{number}"},
        "status": "current",
        "docStatus": "final",
        "type": {"coding": [{"code": "sick-leave", "display": "Enfermedad general"}]},
        "subject": reference("Patient", "a1"),
        "author": [reference("Practitioner", "p1")],
        "date": "2026-02-27T23:30:00-03:00",
        "context": {"period": {"start": "2026-02-27", "end": "2026-03-01"}},
        "content": [{"attachment": {"contentType": "application/pdf"}}],
        **more,
    }


def test_documents_of_fhir_that_certify_sick_leave_are_taken():
    replaced = {"relatesTo": [{"code": "replaces", "target": reference("DocumentReference", "d1")}]}
    note = document(3, type={"text": "Nota de evolución"}, author="no list at all")
    silent, void = document(4, docStatus=None), document(5, status="entered-in-error")
    del silent["docStatus"]
    composed = {
        "resourceType": "Composition", "id": "c1", "status": "amended", "title": "Reposo",
        "type": {"text": "Licencia médica"}, "subject": reference("Patient", "a1"),
        "date": "2026-02-27", "author": [reference("Practitioner", "p1")],
        "event": [{"period": {"start": "2026-02-27", "end": "2026-02-28"}}],
    }  # fmt: skip

    found = read(
        bundle(
            bundles.patient(), bundles.practitioner(), document(1), document(2, **replaced), note,
            silent, void, composed,
        )
    )  # fmt: skip

    assert found.problems == found.warnings == []
    assert found.ignored == {"DocumentReference": 1}
    leaves = {one.code: one for one in found.records.sick_leaves}
    assert {code: (one.status, one.kind, one.replaces) for code, one in leaves.items()} == {
        "I-1": ("final", "Enfermedad general", None),
        "I-2": ("final", "Enfermedad general", "I-1"),
        "I-4": ("preliminary", "Enfermedad general", None),
        "I-5": ("entered-in-error", "Enfermedad general", None),
        "c1": ("amended", "Reposo", None),
    }
    assert str(leaves["I-1"].issued_on) == "2026-02-27"


def test_a_certificate_that_says_no_days_is_told_of():
    timeless = document(1)
    del timeless["context"]

    found = read(bundle(bundles.patient(), bundles.practitioner(), timeless))

    assert found.records.sick_leaves == []
    assert len(found.warnings) == 1
