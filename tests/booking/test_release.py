"""Giving an hour back: once, by its patient alone, and somebody else can have it at once."""

from datetime import timedelta

import pytest

from clinicweb.booking import mail, policy
from clinicweb.booking.actions import ReleaseAppointment, release_appointment
from clinicweb.booking.models import BLOCKED, BOOKED, FREE, WITHDRAWN, Slot
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer
from tests.booking import world
from tests.booking.world import RULES, free_slots, prepare, rules_with


def release(who: Viewer, public_id: str, rules: ClinicRules = RULES) -> None:
    release_appointment(rules, ReleaseAppointment(who, public_id))


def test_a_released_hour_is_free_and_told_by_mail(ana: Viewer):
    slot_id = free_slots()[0]
    public_id = prepare(ana, slot_id).book()

    release(ana, public_id)

    given_back = world.appointment(public_id)
    assert (given_back.status, given_back.sequence) == ("cancelled", 1)
    assert given_back.cancelled_at is not None
    assert world.slot(slot_id).status == FREE
    assert world.audit_rows(public_id) == ["appointment.book", "appointment.release"]
    assert world.mails(public_id) == ["appointment_booked 0", "appointment_released 1"]


def test_releasing_again_changes_nothing(ana: Viewer):
    public_id = prepare(ana, free_slots()[0]).book()
    release(ana, public_id)
    before = (world.totals(), world.appointment(public_id).cancelled_at)

    release(ana, public_id)

    assert (world.totals(), world.appointment(public_id).cancelled_at) == before


def test_somebody_else_can_have_it_at_once_and_keeps_it(ana: Viewer, clara: Viewer):
    slot_id = free_slots()[0]
    public_id = prepare(ana, slot_id).book()
    release(ana, public_id)

    hers = prepare(clara, slot_id).book()
    release(ana, public_id)

    assert world.live_appointments(slot_id) == [hers]
    assert world.slot(slot_id).status == BOOKED


def test_anothers_appointment_and_one_that_never_was_are_the_same(ana: Viewer, clara: Viewer):
    hers = prepare(clara, free_slots()[0]).book()
    before = world.totals()

    for public_id in (hers, new_public_id()):
        with pytest.raises(NotFound):
            release(ana, public_id)
    assert world.totals() == before
    assert world.appointment(hers).status == "booked"


@pytest.mark.parametrize("minutes", [0, 120])
def test_an_hour_is_released_until_the_notice_ends(ana: Viewer, minutes: int):
    slot_id = free_slots()[0]
    rules = rules_with(release_notice_minutes=minutes)
    public_id = prepare(ana, slot_id).book()
    last = world.slot(slot_id).starts_at - timedelta(minutes=minutes)

    with clock.frozen(last + timedelta(seconds=1)), pytest.raises(NotAllowed) as refused:
        release(ana, public_id, rules)

    assert refused.value.reason == policy.LATE_RELEASE
    with clock.frozen(last - timedelta(seconds=1)):
        release(ana, public_id, rules)
    assert world.appointment(public_id).status == "cancelled"


def test_what_is_over_is_not_released(ana: Viewer):
    slot_id = free_slots()[0]
    public_id = prepare(ana, slot_id).book()

    with clock.frozen(world.slot(slot_id).ends_at), pytest.raises(NotAllowed) as refused:
        release(ana, public_id)
    assert refused.value.reason == policy.RELEASE_NOT_ACTIVE


def test_hours_that_it_alone_blocked_are_free_again(ana: Viewer, clara: Viewer):
    first, second = free_slots()[:2]
    starts_at = world.slot(first).starts_at
    inside = world.add_slot(first, starts_at=starts_at + timedelta(minutes=5), minutes=10)
    between = world.add_slot(first, starts_at=starts_at + timedelta(minutes=20))
    hers = prepare(ana, first).book()
    prepare(clara, second).book()

    release(ana, hers)

    assert world.slot(inside).status == FREE
    assert world.slot(between).status == BLOCKED  # Clara's hour overlaps it too
    assert world.slot(second).status == BOOKED


def test_an_hour_that_is_published_no_more_is_not_offered_again(ana: Viewer):
    slot_id = free_slots()[0]
    public_id = prepare(ana, slot_id).book()
    world.change(Slot, Slot.id == slot_id, status=WITHDRAWN)

    release(ana, public_id)

    assert world.slot(slot_id).status == WITHDRAWN


def test_what_breaks_half_way_leaves_the_appointment(ana: Viewer, monkeypatch):
    slot_id = free_slots()[0]
    public_id = prepare(ana, slot_id).book()
    before = world.totals()

    def fail(*_args: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(mail, "enqueue", fail)
        with pytest.raises(ZeroDivisionError):
            release(ana, public_id)

    assert world.totals() == before
    assert world.appointment(public_id).status == "booked"
    assert world.slot(slot_id).status == BOOKED


def test_released_and_booked_again_by_the_same_person_are_two_stories(ana: Viewer):
    slot_id = free_slots()[0]
    first = prepare(ana, slot_id).book()
    release(ana, first)

    second = prepare(ana, slot_id).book()

    assert second != first
    assert world.mails(second) == ["appointment_booked 0"]
