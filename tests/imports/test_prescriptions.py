"""Prescriptions by CSV and FHIR: with line and column, once, and never another patient's."""

import pytest
from sqlalchemy import select

from clinicweb.audit.models import AuditEvent
from clinicweb.core import db
from clinicweb.documents.models import MedicationRequest, Prescription
from clinicweb.imports.actions import ImportRefusedError
from tests.imports import bundles, clinic_files
from tests.imports.bundles import bundle, read, reference

HEADS = "code,patient_mrn,practitioner,authored_on\n"
ITEMS = "prescription,code,medication,dosage,status\n"
PEOPLE = {
    name: getattr(clinic_files, name.upper())
    for name in ("sites", "services", "practitioners", "agreements", "patients")
}
R1 = HEADS + "R-1,A1,diaz,2026-02-27\n"
M1 = ITEMS + 'R-1,1,"Ñandutina 5 mg","Una al día.\nCon agua.",active\nR-1,2,Otra,,stopped\n'


def told(refused):
    return [f"{p.line}:{p.column}: {p.message}" for p in refused.value.problems]


def written():
    query = select(Prescription.code, MedicationRequest.medication, MedicationRequest.status)
    with db.reading() as session:
        rows = session.execute(query.join(MedicationRequest).order_by(MedicationRequest.id))
        return [tuple(row) for row in rows]


def test_prescriptions_come_with_their_medicines_and_once(run, write):
    folder = write(**PEOPLE, prescriptions=R1, prescription_items=M1)

    first, second = run(folder), run(folder)

    assert (first.kinds["prescriptions"].created, first.kinds["prescription_items"].created) == (
        1,
        2,
    )
    assert not second.changes_anything
    assert written() == [("R-1", "Ñandutina 5 mg", "active"), ("R-1", "Otra", "stopped")]


def test_a_correction_is_a_line_in_its_patients_journal(run, write):
    run(write(**PEOPLE, prescriptions=R1, prescription_items=M1))

    again = run(write(prescription_items=M1.replace("Con agua.", "Con comida.")))

    assert again.kinds["prescription_items"].updated == 1
    query = select(AuditEvent.patient_id).where(AuditEvent.action == "prescription.import")
    with db.reading() as session:
        assert len(session.scalars(query).all()) == 1


@pytest.mark.parametrize(
    ("prescriptions", "items", "problem"),
    [
        (HEADS + "R-1,A9,,2026-02-27\n", ITEMS, "2:5: «A9» no existe"),
        (HEADS + "R-1,A1,x,2026-02-27\n", ITEMS, "2:8: «x» no existe"),
        (HEADS + "R-1,A1,,2026-03-09\n", ITEMS, "2:9: «2026-03-09»: la fecha está en el futuro"),
        (HEADS + "R-1,A1,,2/3/26\n", ITEMS, "2:9: «2/3/26» no es una fecha"),
        (HEADS + "R-1,A1,,2026-02-27\n" * 2, ITEMS, "3:1: «R-1» está repetido"),
        (R1, ITEMS + "R-2,1,Algo,,active\n", "2:1: «R-2» no existe"),
        (R1, ITEMS + "R-1,1,Algo,,running\n", "2:13: «running» no es válido"),
        (R1, ITEMS + "R-1,1,,,active\n", "2:7: falta medication"),
        (R1, ITEMS + "R-1,1,Uno,,active\nR-1,1,Dos,,active\n", "3:1: «R-1, 1» está repetido"),
    ],
)
def test_mistakes_are_told_with_their_place(run, write, prescriptions, items, problem):
    folder = write(**PEOPLE, prescriptions=prescriptions, prescription_items=items)

    with pytest.raises(ImportRefusedError) as refused:
        run(folder)

    assert [line for line in told(refused) if line.startswith(problem)], told(refused)
    assert written() == []


def test_a_prescription_never_becomes_another_patients(run, write):
    run(write(**PEOPLE, prescriptions=R1, prescription_items=M1))

    with pytest.raises(ImportRefusedError) as refused:
        run(write(prescriptions=R1.replace("A1", "A2")))

    assert told(refused) == ["2:5: la receta «R-1» es del paciente «A1»"]


def request(number, **more):
    return {
        "resourceType": "MedicationRequest",
        "id": f"m{number}",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": f"Medicina {number}"},
        "subject": reference("Patient", "a1"),
        "requester": reference("Practitioner", "p1"),
        "encounter": {"reference": "urn:uuid:visit-1"},
        "authoredOn": "2026-02-27T23:30:00-03:00",
        **more,
    }


def timed(**repeat):
    return [
        {
            "timing": {"repeat": repeat},
            "doseAndRate": [{"doseQuantity": {"value": 1.5, "unit": "ml"}}],
        }
    ]


def test_requests_of_one_encounter_are_one_prescription():
    later = request(3, authoredOn="2026-02-28")
    alone = request(4, groupIdentifier={"value": "G-7"})

    found = read(
        bundle(bundles.patient(), bundles.practitioner(), *map(request, (1, 2)), later, alone)
    )

    assert found.problems == found.warnings == []
    assert [one.code for one in found.records.prescriptions] == [
        "visit-1/2026-02-27", "visit-1/2026-02-28", "G-7",
    ]  # fmt: skip
    assert [item.code for item in found.records.prescription_items] == ["m1", "m2", "m3", "m4"]
    assert {str(one.authored_on) for one in found.records.prescriptions} == {
        "2026-02-27", "2026-02-28",
    }  # fmt: skip


def test_a_group_of_two_patients_is_two_prescriptions():
    other = bundles.patient("a2", identifier=[bundles.identifier("A2")])
    group = {"groupIdentifier": {"value": "G-7"}}
    hers, his = request(1, **group), request(2, subject=reference("Patient", "a2"), **group)

    records = read(bundle(bundles.patient(), other, bundles.practitioner(), hers, his)).records

    assert len({one.patient_mrn for one in records.prescriptions}) == 2
    assert [item.prescription for item in records.prescription_items] == ["G-7", "m2"]


@pytest.mark.parametrize(
    ("instructions", "said"),
    [
        (timed(frequency=1, period=8, periodUnit="h"), ("1.5 ml", 1, 8, "h")),
        (timed(frequency=1, period=0.5, periodUnit="h"), (None, None, None, None)),
        (timed(frequency=1, period=1, periodUnit="d", when=["MORN"]), (None, None, None, None)),
        (timed(frequency=1, period=1, periodUnit="d") * 2, (None, None, None, None)),
        ([{"asNeededBoolean": True}], (None, None, None, None)),
    ],
)
def test_numbers_are_taken_where_they_say_all(instructions, said):
    ordered = request(1, dosageInstruction=instructions)

    (item,) = read(
        bundle(bundles.patient(), bundles.practitioner(), ordered)
    ).records.prescription_items

    assert (item.dose, item.frequency, item.period, item.period_unit) == said
    assert bool(item.as_needed) is (instructions == [{"asNeededBoolean": True}])


def test_words_for_the_patient_come_before_the_doctors():
    words = [{"text": "1 c/8h vo", "patientInstruction": "Una cada 8 horas."}, {"text": "Sin sol."}]
    ordered = request(1, dosageInstruction=words)

    (item,) = read(
        bundle(bundles.patient(), bundles.practitioner(), ordered)
    ).records.prescription_items

    assert item.dosage == "Una cada 8 horas.\nSin sol."


def test_a_plan_is_no_prescription_and_one_without_a_date_is_told_of():
    plan, dateless = request(1, intent="plan"), request(2)
    del dateless["authoredOn"]

    found = read(bundle(bundles.patient(), bundles.practitioner(), plan, dateless))

    assert found.records.prescriptions == []
    assert len(found.warnings) == 1
