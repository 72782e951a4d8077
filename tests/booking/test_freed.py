"""A freed hour is kept for who waits for such, and is simply free where nobody does."""

from datetime import timedelta

from clinicweb.booking.models import FREE, Appointment
from clinicweb.core.viewer import Viewer
from tests.booking import world
from tests.booking.test_release import release
from tests.booking.waiting import freed_hours, wait_for
from tests.booking.world import free_slots, prepare
from tests.cast import ANAS_APPOINTMENT


def test_an_hour_that_nobody_waits_for_is_free_at_once(ana: Viewer, clara: Viewer):
    slot_id = free_slots()[0]
    wait_for(clara, free_slots("soto", "car")[0])
    wait_for(clara, slot_id, last_day=world.slot(slot_id).day - timedelta(days=1))
    public_id = prepare(ana, slot_id).book()

    release(ana, public_id)

    found = world.slot(slot_id)
    assert (found.status, found.held_until) == (FREE, None)
    assert freed_hours() == []


def test_an_hour_that_somebody_waits_for_is_kept_for_them(ana: Viewer, clara: Viewer):
    slot_id = free_slots()[0]
    public_id = prepare(ana, slot_id).book()
    wait_for(clara, slot_id)

    release(ana, public_id)

    found = world.slot(slot_id)
    assert found.status == FREE
    assert (found.held_until is not None, found.held_by_draft_id) == (True, "~")
    assert freed_hours() == [slot_id]


def test_hours_that_it_alone_blocked_are_kept_too(ana: Viewer, clara: Viewer):
    slot_id = free_slots()[0]
    inside = world.add_slot(
        slot_id, starts_at=world.slot(slot_id).starts_at + timedelta(minutes=5), minutes=10
    )
    public_id = prepare(ana, slot_id).book()
    wait_for(clara, slot_id)

    release(ana, public_id)

    assert freed_hours() == [slot_id, inside]


def test_who_waits_for_something_earlier_waits_no_more_without_that(ana: Viewer, clara: Viewer):
    slot_id, later = free_slots()[0], world.appointment(ANAS_APPOINTMENT)
    wait_for(ana, slot_id, appointment_id=later.id)
    first = prepare(clara, slot_id).book()
    release(clara, first)
    kept = freed_hours()

    world.change(Appointment, Appointment.id == later.id, status="cancelled")
    other = free_slots()[1]
    release(clara, prepare(clara, other).book())

    assert kept == [slot_id]
    assert freed_hours() == [slot_id]
