"""An offered hour is taken once, by who it was offered to, until the offer ends; or passed on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clinicweb.booking import policy, waiting_policy
from clinicweb.booking.models import BOOKED, FREE, Slot, WebCancellation
from clinicweb.booking.offer_actions import (
    DeclineOffer,
    TakeOffer,
    decline_offer,
    take_offer,
)
from clinicweb.booking.offering import offer_freed
from clinicweb.booking.waiting_actions import StopWaiting, stop_waiting
from clinicweb.core import clock, db
from clinicweb.core.errors import Conflict, NotFound
from clinicweb.core.ids import new_public_id
from tests.booking import waiting, world
from tests.booking.waiting import AWAKE, answers, freed_hours, offered, wait_for
from tests.booking.world import free_slots, prepare, slot
from tests.cast import ANAS_APPOINTMENT


def test_who_takes_it_has_it_once_however_often_they_press(clara):
    slot_id = free_slots()[0]
    offer_id = offered(clara, slot_id)

    first = take_offer(AWAKE, TakeOffer(clara, offer_id))
    second = take_offer(AWAKE, TakeOffer(clara, offer_id))

    assert first == second
    assert world.live_appointments(slot_id) == [first]
    assert (slot(slot_id).status, slot(slot_id).held_until) == (BOOKED, None)
    assert world.mails(first) == ["appointment_booked 0"]
    assert world.audit_rows(first) == ["appointment.book"]
    assert (answers(slot_id), freed_hours()) == ([(clara.account_id, "accepted")], [])


def test_who_has_it_waits_no_more(clara):
    slot_id, other = free_slots()[:2]
    take_offer(AWAKE, TakeOffer(clara, offered(clara, slot_id)))

    assert waiting.entry_of(slot_id).ended_why == "served"
    world.change(Slot, Slot.id == other, status=FREE)
    waiting.note(other)
    offer_freed(AWAKE)
    assert answers(other) == []


def test_the_later_one_goes_in_the_same_act_and_costs_nothing(ana):
    mine = world.appointment(ANAS_APPOINTMENT)
    slot_id = free_slots()[0]
    offer_id = offered(ana, slot_id, appointment_id=mine.id)

    taken = take_offer(AWAKE, TakeOffer(ana, offer_id, instead_of=ANAS_APPOINTMENT))

    moved = world.appointment(ANAS_APPOINTMENT)
    assert taken == ANAS_APPOINTMENT
    assert (moved.slot_id, moved.starts_at) == (slot_id, slot(slot_id).starts_at)
    assert slot(int(mine.slot_id or 0)).status == FREE
    with db.reading() as session:
        assert session.query(WebCancellation).count() == 0


def test_the_later_one_that_is_given_back_is_offered_to_the_next(ana, dora):
    mine = world.appointment(ANAS_APPOINTMENT)
    offer_id = offered(ana, free_slots()[0], appointment_id=mine.id)
    old = int(mine.slot_id or 0)
    wait_for(dora, old, first_day=slot(old).day)

    take_offer(AWAKE, TakeOffer(ana, offer_id, instead_of=ANAS_APPOINTMENT))
    offer_freed(AWAKE)

    assert answers(old) == [(dora.account_id, None)]


def test_nobody_elses_appointment_makes_room(ana, clara):
    offer_id = offered(clara, free_slots()[0])

    with pytest.raises(NotFound):
        take_offer(AWAKE, TakeOffer(clara, offer_id, instead_of=ANAS_APPOINTMENT))


@pytest.mark.parametrize("seconds", [-1, 0])
def test_an_offer_can_be_taken_until_it_ends(clara, seconds):
    offer_id = offered(clara, free_slots()[0])
    ends_at = waiting.offers(free_slots()[0])[0].ends_at

    with clock.frozen(ends_at + timedelta(seconds=seconds)):
        if seconds < 0:
            take_offer(AWAKE, TakeOffer(clara, offer_id))
        else:
            with pytest.raises(Conflict, match=waiting_policy.OFFER_OVER):
                take_offer(AWAKE, TakeOffer(clara, offer_id))


def test_who_does_not_want_it_passes_it_on_at_once_and_goes_on_waiting(ana, clara):
    slot_id = free_slots()[0]
    offer_id = offered(clara, slot_id)
    wait_for(ana, slot_id)

    decline_offer(AWAKE, DeclineOffer(clara, offer_id))
    decline_offer(AWAKE, DeclineOffer(clara, offer_id))
    offer_freed(AWAKE)

    assert answers(slot_id) == [(clara.account_id, "declined"), (ana.account_id, None)]
    assert waiting.entry_of(slot_id).ended_at is None
    with pytest.raises(Conflict, match=waiting_policy.OFFER_OVER):
        take_offer(AWAKE, TakeOffer(clara, offer_id))


def test_who_waits_no_more_passes_it_on_too(ana, clara):
    slot_id = free_slots()[0]
    offered(clara, slot_id)
    wait_for(ana, slot_id)
    entry_id = waiting.entry_of(slot_id).public_id

    with pytest.raises(NotFound):
        stop_waiting(StopWaiting(ana, entry_id))
    stop_waiting(StopWaiting(clara, entry_id))
    stop_waiting(StopWaiting(clara, entry_id))
    offer_freed(AWAKE)

    assert answers(slot_id) == [(clara.account_id, "declined"), (ana.account_id, None)]


def test_anothers_offer_and_one_that_never_was_are_the_same(ana, clara):
    offer_id = offered(clara, free_slots()[0])

    for asked in (offer_id, new_public_id()):
        with pytest.raises(NotFound):
            take_offer(AWAKE, TakeOffer(ana, asked))
        with pytest.raises(NotFound):
            decline_offer(AWAKE, DeclineOffer(ana, asked))


def test_an_offer_is_for_one_account_and_for_one_person(ana, clara):
    offer_id = offered(clara, free_slots()[0])

    for other in (
        replace(clara, patient_id=ana.patient_id),
        replace(clara, account_id=ana.account_id),
    ):
        with pytest.raises(NotFound):
            take_offer(AWAKE, TakeOffer(other, offer_id))
        with pytest.raises(NotFound):
            decline_offer(AWAKE, DeclineOffer(other, offer_id))


def test_an_hour_that_the_clinic_gave_away_is_said_so(clara):
    slot_id = free_slots()[0]
    offer_id = offered(clara, slot_id)
    world.change(Slot, Slot.id == slot_id, status=BOOKED)

    with pytest.raises(Conflict, match=policy.SLOT_TAKEN):
        take_offer(AWAKE, TakeOffer(clara, offer_id))


def test_who_is_busy_by_now_is_said_so_and_it_stays_theirs_to_refuse(clara):
    slot_id = free_slots()[0]
    offer_id = offered(clara, slot_id)
    at = slot(slot_id).starts_at
    same_time = next(one for one in free_slots("soto", "mg") if slot(one).starts_at == at)
    prepare(clara, same_time).book()

    with pytest.raises(Conflict, match=policy.PATIENT_BUSY):
        take_offer(AWAKE, TakeOffer(clara, offer_id))
    decline_offer(AWAKE, DeclineOffer(clara, offer_id))


def test_every_act_of_the_list_leaves_a_line_that_its_patient_can_read(clara):
    slot_id = free_slots()[0]
    offer_id = offered(clara, slot_id)

    decline_offer(AWAKE, DeclineOffer(clara, offer_id))

    assert waiting.audited(clara) == ["offer.make", "offer.decline"]
