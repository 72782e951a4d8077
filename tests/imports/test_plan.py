"""Records against each other and against the clinic: each mistake once, at the cell to correct."""

from datetime import UTC, date, datetime, time

import pytest

from clinicweb.imports.columns import Defaults, tables
from clinicweb.imports.csv_reader import read_csv
from clinicweb.imports.known import KnownAgenda
from clinicweb.imports.names import Known, LiveAppointment
from clinicweb.imports.plan import make_plan
from clinicweb.imports.records import Identifier, Records
from tests.imports import bundles, clinic_files

TABLES = tables(Defaults())
SANTIAGO = "America/Santiago"


def records_of(**changed: str) -> Records:
    """The small clinic, with the text of some files changed."""
    records = Records()
    for name, text in (clinic_files.ALL | changed).items():
        reading = read_csv(f"{name}.csv", text, TABLES[f"{name}.csv"])
        assert reading.problems == []
        getattr(records, name).extend(reading.records)
    return records


def plan_of(known: Known | None = None, **changed: str):
    return make_plan(records_of(**changed), known or Known(), timezone=SANTIAGO)


def told(plan) -> list[tuple[str, int, int]]:
    return sorted((problem.file, problem.line, problem.column) for problem in plan.problems)


def test_the_small_clinic_is_right():
    plan = plan_of()

    assert plan.problems == plan.warnings == []


def test_times_of_a_site_become_instants():
    records = plan_of().records

    assert records.appointments[0].starts_at == datetime(2026, 3, 3, 12, 30, tzinfo=UTC)
    assert records.appointments[0].ends_at == datetime(2026, 3, 3, 13, 0, tzinfo=UTC)
    assert records.closures[0].starts_at == datetime(2026, 3, 17, 3, 0, tzinfo=UTC)
    assert records.closures[0].ends_at == datetime(2026, 3, 18, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        ("practitioners", "mg;car", "mg;xyz", ("practitioners.csv", 2, 49)),
        ("agendas", "diaz,mg,norte", "casas,mg,norte", ("agendas.csv", 2, 1)),
        ("agendas", "diaz,mg,norte", "diaz,rx,norte", ("agendas.csv", 2, 6)),
        ("agendas", "diaz,mg,norte", "diaz,mg,sur", ("agendas.csv", 2, 9)),
        ("closures", ",norte,", ",sur,", ("closures.csv", 2, 2)),
        ("patients", "part;isapre", "fonasa", ("patients.csv", 2, 83)),
        ("patients", "child,A1", "child,A9", ("patients.csv", 3, 55)),
        ("appointments", "A1,diaz,mg,norte,2026-03-03", "Z,diaz,mg,norte,2026-03-03",
         ("appointments.csv", 2, 1)),
    ],
)  # fmt: skip
def test_a_name_that_leads_nowhere_is_told_at_its_cell(name, old, new, place):
    plan = plan_of(**{name: clinic_files.ALL[name].replace(old, new)})

    assert place in told(plan)


def test_a_name_may_lead_to_what_the_clinic_has_already():
    known = Known()
    known.names["practitioners"].add("casas", [Identifier("urn:npi", "77")])
    agendas = clinic_files.AGENDAS.replace("diaz", "urn:npi|77")

    plan = plan_of(known, agendas=agendas)

    assert plan.problems == []
    assert plan.records.agendas[0].practitioner == "casas"


def test_a_value_that_two_systems_gave_must_be_written_with_its_system():
    known = Known()
    known.names["practitioners"].add("a", [Identifier("urn:a", "77")])
    known.names["practitioners"].add("b", [Identifier("urn:b", "77")])

    plan = plan_of(known, agendas=clinic_files.AGENDAS.replace("diaz", "77"))

    assert "sistema|valor" in plan.problems[0].message


def test_nothing_leads_nowhere_while_a_file_could_not_be_read():
    records = records_of(agendas=clinic_files.AGENDAS.replace("diaz", "casas"))

    plan = make_plan(records, Known(), timezone=SANTIAGO, are_all_read=False)

    assert plan.problems == []


@pytest.mark.parametrize("name", sorted(set(clinic_files.ALL) - {"patients"}))
def test_a_repeated_row_names_both_lines(name):
    text = clinic_files.ALL[name]
    plan = plan_of(**{name: text + text.partition("\n")[2]})

    message = next(p.message for p in plan.problems if p.file == f"{name}.csv")
    assert "repetido" in message
    assert f"{name}.csv:2:" in message


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("09:00,11:00", "11:00,09:00", 33),
        ("09:00,11:00", "09:00,09:00", 33),
        (",30,", ",150,", 39),
        ("2026-12-31", "2025-12-31", 53),
    ],
)
def test_an_agenda_that_gives_no_hour_is_refused(old, new, column):
    plan = plan_of(agendas=clinic_files.AGENDAS.replace(old, new))

    assert told(plan) == [("agendas.csv", 2, column)]


def test_minutes_left_over_are_only_a_warning():
    plan = plan_of(agendas=clinic_files.AGENDAS.replace(",30,", ",50,"))

    assert plan.problems == []
    assert [(w.line, w.column) for w in plan.warnings] == [(2, 39)]


def test_a_closure_ends_after_it_begins():
    plan = plan_of(closures=clinic_files.CLOSURES.replace(",2026-03-17,F", ",2026-03-15,F"))

    assert told(plan) == [("closures.csv", 2, 19)]


def test_a_document_belongs_to_one_patient():
    twice = clinic_files.PATIENTS.replace("A2,,,", "A2,rut,12345678-5,")

    assert told(plan_of(patients=twice)) == [("patients.csv", 3, 8)]


def test_a_document_of_somebody_the_clinic_has_is_not_given_again():
    known = Known()
    known.documents["rut", "12345678-5"] = "OLD"

    plan = plan_of(known)

    assert told(plan) == [("patients.csv", 2, 8)]
    assert "OLD" in plan.problems[0].message


def test_a_family_head_heads_and_depends_on_nobody():
    ring = clinic_files.PATIENTS.replace("TC-1,self,\n", "TC-1,self,A2\n")

    assert {place[1] for place in told(plan_of(patients=ring))} == {2, 3}


def test_somebody_may_be_written_as_their_own_head():
    plan = plan_of(patients=clinic_files.PATIENTS.replace("TC-1,self,\n", "TC-1,self,A1\n"))

    assert plan.problems == []


def test_an_hour_that_the_clocks_jump_over_is_refused():
    gap = clinic_files.APPOINTMENTS.replace("2026-03-03T09:30", "2026-09-06T00:30")

    plan = plan_of(appointments=gap)

    assert told(plan) == [("appointments.csv", 2, 18)]


def test_a_closure_from_a_midnight_that_does_not_exist_begins_with_that_day():
    plan = plan_of(closures=clinic_files.CLOSURES.replace("2026-03-17", "2026-09-06"))

    assert plan.problems == []
    assert plan.records.closures[0].starts_at == datetime(2026, 9, 6, 4, 0, tzinfo=UTC)


SECOND = "A2,diaz,mg,norte,{at},{status}\n"


@pytest.mark.parametrize(
    ("at", "status", "problems"),
    [
        ("2026-03-03T09:45", "booked", 1),
        ("2026-03-03T09:45", "cancelled", 0),
        ("2026-03-03T10:00", "booked", 0),
        ("2026-02-03T09:45", "booked", 0),  # the other one there is over
    ],
)
def test_a_practitioner_is_in_one_place_at_a_time(at, status, problems):
    text = clinic_files.APPOINTMENTS + SECOND.format(at=at, status=status)

    assert told(plan_of(appointments=text)) == [("appointments.csv", 4, 18)] * problems


def test_a_long_appointment_clashes_with_every_one_inside_it():
    text = clinic_files.APPOINTMENTS.replace(
        "A1,diaz,mg,norte,2026-02-03T09:30,fulfilled\n",
        "A2,soto,mg,norte,2026-03-03T08:00,booked\nA1,soto,mg,norte,2026-03-03T08:10,booked\n"
        "A1,soto,mg,norte,2026-03-03T08:40,booked\n",
    )
    known = Known()
    known.agendas = [
        KnownAgenda(
            "soto", "mg", "norte", 2, time(8), time(8, 5), 60, date(2026, 1, 1), None
        )
    ]  # fmt: skip

    plan = plan_of(known, appointments=text)

    assert told(plan) == [("appointments.csv", 4, 18), ("appointments.csv", 5, 18)]


def test_an_appointment_that_the_clinic_has_is_not_crossed_but_may_come_again():
    start = datetime(2026, 3, 3, 12, 30, tzinfo=UTC)
    known = Known()
    known.live = [LiveAppointment("A1", "diaz", start, start.replace(hour=13, minute=0))]

    again = plan_of(known)
    other = plan_of(
        known, appointments=clinic_files.APPOINTMENTS.replace("T09:30,booked", "T09:45,booked")
    )

    assert again.problems == []
    assert told(other) == [("appointments.csv", 2, 18)]


def test_a_person_is_recognised_by_an_identifier_given_before():
    known = Known()
    known.names["practitioners"].add("old-code", [Identifier("http://clinic.example/id", "diaz")])
    known.identifiers["practitioners"]["old-code"] = {
        Identifier("http://clinic.example/id", "diaz")
    }
    found = bundles.read(bundles.bundle(*bundles.CLINIC, bundles.slot()))

    plan = make_plan(found.records, known, timezone=SANTIAGO)

    assert [person.code for person in plan.records.practitioners] == ["old-code"]
    assert [hour.practitioner for hour in plan.records.hours] == ["old-code"]


def test_a_code_that_another_system_gave_to_somebody_else_is_not_theirs():
    known = Known()
    known.names["practitioners"].add("diaz", [Identifier("urn:elsewhere", "diaz")])
    known.identifiers["practitioners"]["diaz"] = {Identifier("urn:elsewhere", "diaz")}
    found = bundles.read(bundles.bundle(bundles.practitioner()))

    plan = make_plan(found.records, known, timezone=SANTIAGO)

    assert plan.records.practitioners[0].code == "http://clinic.example/id|diaz"
