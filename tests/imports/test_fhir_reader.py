"""FHIR bundles: what becomes a record, what is only counted, and the place of mistakes."""

import json
from datetime import UTC, datetime

import pytest

from clinicweb.imports.records import Identifier
from tests.imports import bundles
from tests.imports.bundles import bundle, identifier, read, reference
from tests.imports.conftest import SYNTHEA


def places(reading):
    return [(p.file, p.line, p.column) for p in reading.problems]


def line_of(text, words):
    """The line and column of the value after *words*, both counted from 1."""
    before = text[: text.index(words) + len(words)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_synthetic_patients_of_a_real_generator_are_read():
    texts = [path.read_text("utf-8") for path in sorted(SYNTHEA.rglob("*.json"))]

    found = read(*texts)

    assert found.problems == found.warnings == []
    assert len(found.records.sites) == 2
    assert {p.code for p in found.records.practitioners} == {"0", "300", "620"}
    assert {p.family_name for p in found.records.patients} == {"Fonseca", "Mejía"}
    assert found.ignored == {"Observation": 2, "Immunization": 2, "Condition": 2}


def test_a_patient_keeps_every_identifier_with_its_system():
    person = bundles.patient(
        identifier=[
            identifier("x-1", "urn:other"),
            identifier("A1", type=bundles.MEDICAL_RECORD),
            identifier("12.345.678-5", "http://registry.example/RUN"),
        ],
        telecom=[
            {"system": "phone", "value": "2 2345 6789", "use": "home"},
            {"system": "phone", "value": "9 8765 4321", "use": "mobile"},
            {"system": "email", "value": "ana@correo.example"},
        ],
    )

    (ana,) = read(bundle(person)).records.patients

    assert ana.mrn == "A1"
    assert (ana.document_type, ana.document_number) == ("rut", "12345678-5")
    assert Identifier("urn:other", "x-1") in ana.identifiers
    assert (ana.phone, ana.email) == ("+56987654321", "ana@correo.example")


def test_without_a_national_number_the_passport_is_the_document():
    passport = identifier("X 46531854 X", type={"coding": [{"code": "PPN"}]})

    (ana,) = read(bundle(bundles.patient(identifier=[passport]))).records.patients

    assert (ana.document_type, ana.document_number) == ("passport", "X46531854X")


def test_what_a_patient_can_go_without_is_a_warning():
    run = identifier("1-1", "http://registry.example/run")
    person = bundles.patient(identifier=[run], telecom=[{"system": "phone", "value": "12"}])

    found = read(bundle(person))

    assert found.problems == []
    assert len(found.warnings) == 2
    assert found.records.patients[0].phone == "12"


def test_the_same_value_of_two_systems_is_two_people():
    other = bundles.practitioner("p2", identifier=[identifier("diaz", "urn:elsewhere")])

    found = read(bundle(bundles.practitioner(), other))

    codes = {person.code for person in found.records.practitioners}
    assert codes == {"http://clinic.example/id|diaz", "urn:elsewhere|diaz"}


def test_what_two_files_say_in_the_same_words_is_one_record():
    text = bundle(bundles.location())

    assert len(read(text, text).records.sites) == 1


def test_locations_are_sites_but_rooms_and_payers_are_not():
    building = bundles.location(managingOrganization=reference("Organization", "o1"))
    room = bundles.location(
        "l2",
        identifier=[identifier("box 3")],
        physicalType={"coding": [{"code": "ro"}]},
        partOf=reference("Location", "l1"),
    )
    owner = {"resourceType": "Organization", "id": "o1", "name": "Clínica Norte S.A."}
    payer = {
        "resourceType": "Organization", "id": "o2", "name": "Isapre Uno",
        "type": [{"coding": [{"code": "ins"}]}],
    }  # fmt: skip
    slots_in_room = bundles.schedule(
        actor=[
            reference("Practitioner", "p1"), reference("HealthcareService", "s1"),
            reference("Location", "l2"),
        ]
    )  # fmt: skip

    found = read(
        bundle(
            building, room, owner, payer, bundles.practitioner(), bundles.service(),
            slots_in_room, bundles.slot(),
        )
    )  # fmt: skip

    assert [site.code for site in found.records.sites] == ["norte"]
    assert [hour.site for hour in found.records.hours] == ["http://clinic.example/id|norte"]


def test_a_site_keeps_the_zone_that_it_says():
    zone = {
        "url": "http://hl7.org/fhir/StructureDefinition/timezone",
        "valueCode": "America/Tijuana",
    }

    said, unsaid = read(
        bundle(bundles.location(extension=[zone])), bundle(bundles.location("l2", identifier=[]))
    ).records.sites

    assert (said.timezone, unsaid.timezone) == ("America/Tijuana", None)


def test_a_role_tells_the_services_of_a_person():
    role = {
        "resourceType": "PractitionerRole",
        "id": "r1",
        "practitioner": reference("Practitioner", "p1"),
        "healthcareService": [reference("HealthcareService", "s1")],
        "specialty": [{"text": "CARDIOLOGIA"}],
    }
    heart = bundles.service("s2", identifier=[identifier("car")], name="Cardiología")

    found = read(bundle(bundles.practitioner(), bundles.service(), heart), bundle(role))

    (person,) = found.records.practitioners
    system = "http://clinic.example/id"
    assert person.services == (f"{system}|mg", f"{system}|car")


def test_free_slots_are_hours_and_taken_ones_are_not():
    found = read(bundle(*bundles.CLINIC, bundles.slot(), bundles.slot("t2", "busy")))

    (hour,) = found.records.hours
    assert hour.starts_at == datetime(2026, 3, 3, 12, 30, tzinfo=UTC)
    assert hour.practitioner == "http://clinic.example/id|diaz"


def test_slots_of_a_schedule_that_says_too_little_are_left_out_with_a_warning():
    nobody = bundles.schedule(actor=[reference("Location", "l1")])

    found = read(bundle(bundles.location(), nobody, bundles.slot()))

    assert found.records.hours == []
    assert "Practitioner, HealthcareService" in found.warnings[0].message


def test_an_appointment_learns_from_its_slot_where_it_is():
    found = read(bundle(*bundles.CLINIC, bundles.slot()), bundle(bundles.appointment()))

    (one,) = found.records.appointments
    system = "http://clinic.example/id"
    assert (one.patient_mrn, one.service, one.site) == (
        f"{system}|A1", f"{system}|mg", f"{system}|norte"
    )  # fmt: skip


@pytest.mark.parametrize("status", ["proposed", "waitlist", "entered-in-error"])
def test_what_is_not_an_appointment_yet_is_left_out(status):
    found = read(bundle(*bundles.CLINIC, bundles.slot(), bundles.appointment(status)))

    assert found.records.appointments == []
    assert found.problems == []


@pytest.mark.parametrize(
    "reference_to",
    ["urn:uuid:p1", "Practitioner/p1", "Practitioner/p1/_history/2"],
)
def test_any_form_of_reference_is_followed_across_files(reference_to):
    role = {
        "resourceType": "PractitionerRole",
        "id": "r1",
        "practitioner": {"reference": reference_to},
        "healthcareService": [reference("HealthcareService", "s1")],
    }

    found = read(bundle(role), bundle(bundles.practitioner(), bundles.service()))

    assert found.problems == []
    assert found.records.practitioners[0].services


def test_a_reference_by_identifier_may_lead_outside_the_files():
    asked = {"reference": "Practitioner?identifier=http://clinic.example/id|soto"}
    actors = [asked, reference("Location", "l1"), reference("HealthcareService", "s1")]

    found = read(bundle(*bundles.CLINIC[1:3], bundles.schedule(actor=actors), bundles.slot()))

    assert found.problems == []
    assert found.records.hours[0].practitioner == "http://clinic.example/id|soto"


def test_a_reference_to_nothing_is_told_where_it_stands():
    text = bundle(*bundles.CLINIC[1:], bundles.slot())

    found = read(text)

    assert "Practitioner/p1" in found.problems[0].message
    line, column = places(found)[0][1:]
    assert text.splitlines()[line - 1][column - 1 :].startswith("{")
    assert "Practitioner/p1" in text.splitlines()[line]


def test_every_field_that_is_not_fhir_is_told_at_its_value():
    person = bundles.patient(birthDate="1994-13-01", gender=3, favourite="blue")
    text = bundle(person)

    found = read(text)

    assert sorted(places(found)) == sorted(
        ("1.json", *line_of(text, f'"{name}": ')) for name in ("birthDate", "gender", "favourite")
    )


def test_a_missing_field_is_told_at_its_resource():
    orphan = bundles.slot()
    del orphan["start"]
    text = bundle(*bundles.CLINIC, orphan)

    (problem,) = read(text).problems

    assert "start" in problem.message
    assert text.splitlines()[problem.line - 1].endswith("{")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{\n "resourceType": "Bundle",\n "entry": [}\n', ("1.json", 3, 12)),
        ("", ("1.json", 1, 1)),
        ("[]", ("1.json", 1, 1)),
        ('{"name": "x"}', ("1.json", 1, 1)),
        ('{"resourceType": "Bundle", "entry": 3}', ("1.json", 1, 37)),
        ('{"resourceType": "Bundle", "entry": [3]}', ("1.json", 1, 38)),
        ('{"resourceType": "Bundle", "entry": [{"resource": {}}]}', ("1.json", 1, 51)),
        ("[" * 100_000, ("1.json", 1, 1)),
        ('{"a": ' + "1" * 5000 + "}", ("1.json", 1, 1)),
    ],
)
def test_what_is_no_bundle_is_told_with_its_place(text, place):
    assert places(read(text)) == [place]


def test_a_file_may_be_one_resource_alone():
    assert len(read(json.dumps(bundles.location())).records.sites) == 1


def test_a_bundle_of_strange_things_alone_is_no_error():
    found = read(bundle({"resourceType": "Basic", "id": "1"}, {"resourceType": "Toast", "id": "2"}))

    assert found.problems == []
    assert found.ignored == {"Basic": 1, "Toast": 1}
