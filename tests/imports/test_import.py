"""An import on a real database: all or nothing, the same again changes nothing."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from clinicweb.audit.models import AuditEvent
from clinicweb.booking.models import BLOCKED, BOOKED, FREE, Agenda, Appointment, Slot
from clinicweb.clinic.models import Identifier, Patient, Practitioner, Service, Site
from clinicweb.core import db
from clinicweb.imports.actions import ImportRefusedError
from clinicweb.models import metadata
from tests.imports import bundles, clinic_files
from tests.imports.clinic_files import ALL
from tests.imports.conftest import SYNTHEA
from tests.query_log import collected_queries

TUESDAY_0930 = datetime(2026, 3, 3, 12, 30, tzinfo=UTC)


def rows() -> dict[str, list[tuple]]:
    """Every row of every table but the journal."""
    with db.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(table.select())))
            for table in metadata.sorted_tables
            if table.name != "audit_event"
        }


def one(query):
    with db.reading() as session:
        return session.execute(query).one()


def counts(summary):
    return {
        kind: (found.created, found.updated, found.unchanged)
        for kind, found in summary.kinds.items()
    }


def test_a_whole_clinic_is_written(run, write):
    summary = run(write(**ALL))

    assert counts(summary) == {
        "sites": (1, 0, 0), "services": (2, 0, 0), "agreements": (2, 0, 0),
        "practitioners": (2, 0, 0), "patients": (2, 0, 0), "agendas": (1, 0, 0),
        "closures": (1, 0, 0), "appointments": (2, 0, 0),
    }  # fmt: skip
    assert summary.warnings == []
    with db.reading() as session:
        beto = session.scalars(select(Patient).where(Patient.mrn == "A2")).one()
        head = session.get_one(Patient, beto.family_head_id)
        assert (head.mrn, [a.code for a in head.agreements]) == ("A1", ["isapre", "part"])
        diaz = session.scalars(select(Practitioner).where(Practitioner.code == "diaz")).one()
        assert [service.code for service in diaz.services] == ["car", "mg"]
        assert (diaz.family_name, diaz.search_key) == ("Díaz Ñuñez", "andres diaz nunez")
        heart = session.scalars(select(Service).where(Service.code == "car")).one()
        assert heart.recommendations == "Traiga sus exámenes.\nVenga en ayunas."


def test_a_second_run_changes_nothing(run, write):
    folder = write(**ALL)
    run(folder)
    before = rows()

    summary = run(folder)

    assert all(found[:2] == (0, 0) for found in counts(summary).values())
    assert not summary.changes_anything
    assert rows() == before


def test_a_dry_run_counts_and_writes_nothing(run, write):
    before = rows()

    summary = run(write(**ALL), is_dry_run=True)

    assert summary.kinds["patients"].created == 2
    assert summary.published.counts["created"] > 0
    assert rows() == before


def test_hours_are_published_from_agendas_but_not_on_closed_days(run, write):
    run(write(**ALL))

    with db.reading() as session:
        days = set(session.scalars(select(Slot.day)))
    assert {day.isoformat() for day in days} >= {"2026-03-03", "2026-03-10", "2026-03-24"}
    assert "2026-03-17" not in {day.isoformat() for day in days}


def test_a_coming_appointment_takes_its_hour_and_a_past_one_none(run, write):
    run(write(**ALL))

    coming = one(
        select(Appointment.status, Slot.status, Slot.starts_at, Appointment.ends_at).join(Slot)
    )
    assert coming == ("booked", BOOKED, TUESDAY_0930, TUESDAY_0930.replace(hour=13, minute=0))
    past = one(select(Appointment.slot_id).where(Appointment.status == "fulfilled"))
    assert past == (None,)


def test_what_changed_is_updated_and_told(run, write):
    run(write(**ALL))

    summary = run(
        write(
            sites=ALL["sites"].replace("Los Aromos 12", "Los Aromos 14"),
            patients=ALL["patients"].replace("part;isapre", "part"),
            practitioners=ALL["practitioners"].replace("mg;car", "car"),
        )
    )

    changed = {kind: found.updated for kind, found in summary.kinds.items() if found.updated}
    assert changed == {"sites": 1, "patients": 1}
    with db.reading() as session:
        diaz = session.scalars(select(Practitioner).where(Practitioner.code == "diaz")).one()
        # An agenda still says that he gives the other one.
        assert [service.code for service in diaz.services] == ["car", "mg"]
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "patient.import"))
        assert [event.patient_id for event in events] == [
            session.scalars(select(Patient.id).where(Patient.mrn == "A1")).one()
        ]


def test_one_problem_anywhere_writes_nothing(run, write):
    before = rows()

    with pytest.raises(ImportRefusedError) as refused:
        run(write(**ALL | {"agendas": ALL["agendas"].replace("diaz", "casas")}))

    assert len(refused.value.problems) == 1
    assert rows() == before


def test_a_file_may_name_what_came_in_an_earlier_import(run, write):
    run(write(**{name: text for name, text in ALL.items() if name != "agendas"}))

    summary = run(write(agendas=ALL["agendas"]))

    assert summary.published.counts["created"] > 0


def test_an_agenda_that_ends_strands_the_appointments_after_it(run, write):
    run(write(**ALL))

    summary = run(write(agendas=ALL["agendas"].replace("2026-12-31", "2026-03-02")))

    assert len(summary.published.stranded) == 1
    assert one(select(func.count()).select_from(Slot).where(Slot.status == FREE)) == (0,)


def test_a_cancelled_appointment_gives_its_hour_back(run, write):
    run(write(**ALL))

    run(write(appointments=ALL["appointments"].replace("booked", "cancelled")))

    assert one(select(Slot.status).where(Slot.starts_at == TUESDAY_0930)) == (FREE,)
    found = one(
        select(Appointment.status, Appointment.sequence, Appointment.cancelled_at.is_not(None))
        .where(Appointment.starts_at == TUESDAY_0930)
    )  # fmt: skip
    assert found == ("cancelled", 1, True)


def test_what_somebody_cancelled_here_is_not_revived(run, write):
    cancelled = ALL["appointments"].replace("booked", "cancelled")
    run(write(**ALL | {"appointments": cancelled}))

    summary = run(write(appointments=ALL["appointments"]))

    assert summary.kinds["appointments"].updated == 0
    assert [(w.line, w.column) for w in summary.warnings] == [(2, 35)]


def test_a_taken_hour_blocks_those_that_overlap_it(run, write):
    other = ALL["agendas"] + "diaz,car,norte,in_person,2,09:20,09:40,20,2026-01-01,,\n"
    run(write(**ALL | {"agendas": other}))

    at_0920 = TUESDAY_0930.replace(minute=20)
    status = one(
        select(Slot.status).join(Service).where(Service.code == "car", Slot.starts_at == at_0920)
    )
    assert status == (BLOCKED,)


def test_synthetic_patients_with_agendas_in_csv_have_hours(run, write):
    with_agendas = write(services=clinic_files.SERVICES)
    found = bundles.read(*(path.read_text("utf-8") for path in sorted(SYNTHEA.rglob("*.json"))))
    hospital = found.records.sites[0].code
    line = f"300,mg,{hospital},in_person,3,09:00,12:00,30,2026-01-01,,\n"
    write(agendas=ALL["agendas"].partition("\n")[0] + "\n" + line)

    summary = run(SYNTHEA, with_agendas)
    again = run(SYNTHEA, with_agendas)

    assert summary.published.counts["created"] >= 6
    assert summary.ignored == {"Observation": 2, "Immunization": 2, "Condition": 2}
    assert not again.changes_anything
    name = one(
        select(Patient.given_name, Patient.family_name).where(Patient.family_name == "Mejía")
    )
    assert name == ("Gustavo", "Mejía")
    kept = one(select(func.count()).select_from(Identifier).where(Identifier.value == "300"))
    assert kept == (1,)


def test_fhir_does_not_erase_what_it_does_not_say(run, write, tmp_path):
    run(write(**ALL))
    person = bundles.practitioner(identifier=[bundles.identifier("diaz", "urn:npi")])
    (tmp_path / "bundle.json").write_text(bundles.bundle(person), encoding="utf-8")

    run(tmp_path / "bundle.json")

    found = one(
        select(Practitioner.given_name, Practitioner.shift, Practitioner.email)
        .where(Practitioner.code == "diaz")
    )  # fmt: skip
    assert found == ("Andrés Luis", "mañana", "diaz@clinica.example")


def test_fhir_slots_are_hours_and_appointments_take_them(run, tmp_path):
    late = bundles.slot("t2", start="2026-03-03T14:00:00Z", end="2026-03-03T14:30:00Z")
    text = bundles.bundle(*bundles.CLINIC, bundles.slot(), late, bundles.appointment())
    (tmp_path / "bundle.json").write_text(text, encoding="utf-8")

    summary = run(tmp_path / "bundle.json")
    again = run(tmp_path / "bundle.json")

    assert counts(summary)["hours"] == (2, 0, 0)
    with db.reading() as session:
        found = session.execute(select(Slot.source, Slot.status).order_by(Slot.starts_at)).all()
    assert found == [("import", BOOKED), ("import", FREE)]
    assert not again.changes_anything


def test_sites_of_a_bundle_without_a_zone_are_in_the_clinics(run, tmp_path):
    (tmp_path / "bundle.json").write_text(bundles.bundle(bundles.location()), encoding="utf-8")

    run(tmp_path / "bundle.json")

    assert one(select(Site.timezone)) == ("America/Santiago",)


def test_an_import_leaves_a_line_in_the_journal(run, write):
    run(write(**ALL))

    with db.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "import.run")).all()
    assert [event.actor_name for event in events] == ["command-line"]
    assert events[0].detail["patients"] == {"created": 2, "updated": 0}


def test_two_thousand_patients_take_no_more_queries_than_some(run, write):
    header = clinic_files.PATIENTS.partition("\n")[0]
    lines = "".join(f"M{n},,,Ana,Peña,,,,,,,,,\n" for n in range(2_000))
    folder = write(patients=f"{header}\n{lines}")

    with collected_queries() as queries:
        run(folder)

    assert one(select(func.count()).select_from(Patient)) == (2_000,)
    assert len(queries) < 40


def test_agendas_keep_their_quota(run, write):
    run(write(**ALL))

    assert one(select(Agenda.web_quota, Agenda.weekday)) == (3, 2)
