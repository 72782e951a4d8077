"""Waiting for an hour of another of the family, for as long as one may act for them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinicweb.booking.offer_actions import TakeOffer, take_offer
from clinicweb.booking.offering import offer_freed
from clinicweb.booking.waiting_actions import StartWaiting, start_waiting
from clinicweb.clinic.models import Patient
from clinicweb.core import clock, db
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.viewer import Viewer
from clinicweb.notifications.models import OutboxMessage
from tests.booking import waiting, world
from tests.booking.waiting import answers, note, with_waiting
from tests.booking.world import free_slots, slot
from tests.family.world import RULES, acting, patient

AWAKE = with_waiting(RULES)


def wait_as(viewer: Viewer, slot_id: int) -> str:
    day = slot(slot_id).day
    return start_waiting(AWAKE, StartWaiting(viewer, "mg", day, day))


def offer(slot_id: int) -> None:
    note(slot_id)
    offer_freed(AWAKE)


def test_the_holder_waits_for_a_child_and_takes_the_hour_in_their_name(ana):
    slot_id, for_beto = free_slots()[0], acting(ana, "Beto")
    wait_as(for_beto, slot_id)

    offer(slot_id)
    public_id = take_offer(AWAKE, TakeOffer(for_beto, waiting.offers(slot_id)[0].public_id))

    assert world.appointment(public_id).patient_id == patient("Beto").id
    with db.reading() as session:
        told = select(OutboxMessage.context).where(OutboxMessage.template == "hour_offer")
        assert session.scalars(told).one()["member_name"] == "Beto"


def test_nobody_waits_for_an_adult_who_did_not_allow_it_nor_for_another_family(ana, clara):
    slot_id = free_slots()[0]

    with pytest.raises(NotAllowed):
        wait_as(acting(ana, "Gloria"), slot_id)
    with pytest.raises(NotFound):
        wait_as(acting(clara, "Beto"), slot_id)


def test_who_left_the_family_meanwhile_is_offered_nothing(ana):
    slot_id = free_slots()[0]
    wait_as(acting(ana, "Beto"), slot_id)
    ended = clock.now().date() - timedelta(days=2)
    world.change(Patient, Patient.given_name == "Beto", affiliation_ends_on=ended)

    offer(slot_id)

    assert answers(slot_id) == []


def test_the_limit_is_of_each_person(ana):
    slots = free_slots()
    for slot_id in slots[::4][:3]:
        wait_as(ana, slot_id)

    with pytest.raises(NotAllowed, match=r"wait\.limit"):
        wait_as(ana, slots[12])
    assert wait_as(acting(ana, "Beto"), slots[12])
