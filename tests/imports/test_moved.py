"""A file that is older than what people did in the portal: what they did stands."""

from datetime import timedelta

from sqlalchemy import select

from clinicweb.accounts.models import Account
from clinicweb.booking.models import LIVE_STATUSES, Appointment, Slot
from clinicweb.booking.moving_actions import MoveAppointment, move_appointment
from clinicweb.booking.publish_actions import publish_hours
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import load_rules
from clinicweb.core import clock, db
from clinicweb.core.viewer import PATIENT, SYSTEM, Viewer
from tests.imports.clinic_files import ALL

RULES = load_rules("teleconsulta")
AGAIN = "A1,diaz,mg,norte,2026-03-03T10:30,booked\n"


def ana() -> Viewer:
    with db.current().writing() as session:
        patient_id = session.scalars(select(Patient.id).where(Patient.mrn == "A1")).one()
        account = Account(
            name="Ana", roles=PATIENT, password_hash="-", patient_id=patient_id,
            created_at=clock.now(),
        )  # fmt: skip
        session.add(account)
        session.flush()
        return Viewer(account.id, 0, "Ana", frozenset({PATIENT}), patient_id)


def move_to_the_hour_after() -> None:
    """Ana's appointment, an hour later, in the portal."""
    publish_hours(SYSTEM, horizon_days=2)
    with db.reading() as session:
        hers = session.scalars(select(Appointment).where(Appointment.status == "booked")).one()
        later = select(Slot.id).where(Slot.starts_at == hers.starts_at + timedelta(hours=1))
        slot_id, public_id = session.scalars(later).one(), hers.public_id
    move_appointment(RULES, MoveAppointment(ana(), public_id, slot_id))


def live() -> list[str]:
    with db.reading() as session:
        query = select(Appointment.starts_at).where(Appointment.status.in_(LIVE_STATUSES))
        return [f"{starts_at:%H:%M}" for starts_at in session.scalars(query)]


def test_a_file_from_before_a_move_does_not_add_the_old_hour_again(run, write):
    run(write(**ALL))
    move_to_the_hour_after()

    summary = run(write(**ALL))

    assert live() == ["13:30"]
    assert summary.kinds["appointments"].created == 0
    [warning] = summary.warnings
    assert (warning.line, "se cambió por otra hora" in warning.message) == (2, True)


def test_a_file_from_after_a_move_changes_none_and_warns_of_nothing(run, write):
    run(write(**ALL))
    move_to_the_hour_after()
    header = ALL["appointments"].splitlines(keepends=True)[0]

    summary = run(write(appointments=header + AGAIN))

    assert live() == ["13:30"]
    found = summary.kinds["appointments"]
    assert (summary.warnings, found.created, found.updated) == ([], 0, 0)
