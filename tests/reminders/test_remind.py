"""Each person is reminded once of each hour, whatever happens to the workers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from clinicweb.booking.actions import ReleaseAppointment, release_appointment
from clinicweb.booking.models import Appointment
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.reminders.actions import remind
from tests.booking import world
from tests.booking.world import RULES, free_slots, mails, prepare
from tests.cast import ANAS_APPOINTMENT

pytestmark = pytest.mark.usefixtures("clinic")


def rules_with(*hours: int) -> ClinicRules:
    reminders = RULES.reminders.model_copy(update={"hours_before": hours})
    return RULES.model_copy(update={"reminders": reminders})


def start_of(public_id: str = ANAS_APPOINTMENT) -> datetime:
    return world.appointment(public_id).starts_at


def reminders_of(public_id: str = ANAS_APPOINTMENT) -> list[str]:
    return [key for key in mails(public_id) if key.startswith("appointment_reminder")]


def test_a_day_and_two_hours_before_and_never_twice():
    start, told = start_of(), []

    for hours in (25, 24, 23, 2, 1):
        with clock.frozen(start - timedelta(hours=hours)):
            remind(RULES)
            remind(RULES)
        told.append(reminders_of())

    day = ["appointment_reminder 0/24"]
    both = [*day, "appointment_reminder 0/2"]
    assert told == [[], day, day, both, both]
    assert world.audit_rows(ANAS_APPOINTMENT) == ["appointment.remind", "appointment.remind"]


def test_after_an_outage_only_the_nearest_is_sent():
    with clock.frozen(start_of() - timedelta(hours=1)):
        remind(RULES)

    assert reminders_of() == ["appointment_reminder 0/2"]


def test_an_hour_that_began_or_was_given_back_is_left_alone(clara):
    hers = prepare(clara, free_slots()[-1]).book()
    release_appointment(RULES, ReleaseAppointment(clara, hers))
    with clock.frozen(start_of(hers) - timedelta(hours=1)):
        remind(RULES)
    with clock.frozen(start_of() + timedelta(seconds=1)):
        remind(RULES)

    assert reminders_of(hers) == []
    assert "appointment_reminder 0/2" not in reminders_of()


def test_whoever_just_booked_is_not_reminded_of_it(clara):
    slot_id = free_slots()[0]
    with clock.frozen(world.slot(slot_id).starts_at - timedelta(hours=3)):
        hers = prepare(clara, slot_id).book()
        remind(RULES)
        assert reminders_of(hers) == []
    with clock.frozen(start_of(hers) - timedelta(hours=2)):
        remind(RULES)

    assert reminders_of(hers) == ["appointment_reminder 0/2"]


def test_a_clinic_may_remind_nobody():
    with clock.frozen(start_of() - timedelta(hours=1)):
        remind(rules_with())

    assert reminders_of() == []


def test_an_hour_that_moved_is_reminded_of_anew():
    start = start_of()
    with clock.frozen(start - timedelta(hours=2)):
        remind(rules_with(2))
        world.change(Appointment, Appointment.public_id == ANAS_APPOINTMENT, sequence=1)
        remind(rules_with(2))

    assert reminders_of() == ["appointment_reminder 0/2", "appointment_reminder 1/2"]


def test_workers_at_once_remind_each_once(clara, record_property):
    """T15's kind of race: no reminder twice, none forgotten."""
    slots = free_slots()[:12]
    with clock.frozen(start_of() - timedelta(days=30)):
        booked = [prepare(clara, slot_id).book() for slot_id in slots]
    at = min(start_of(public_id) for public_id in booked) - timedelta(hours=1)
    world.change(Appointment, Appointment.public_id.in_(booked), created_at=at - timedelta(days=60))
    everything = rules_with(24 * 14)

    def round_of(_: int) -> None:
        with clock.frozen(at):
            remind(everything)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(round_of, range(6)))

    told = [reminders_of(public_id) for public_id in booked]
    assert told == [["appointment_reminder 0/336"]] * len(booked)
    record_property("reminders", len(booked))
