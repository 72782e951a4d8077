"""An hour that is offered counts against the web's quota: it must be there to be taken."""

from datetime import timedelta

import pytest

from clinicweb.booking import policy, quotas
from clinicweb.booking.models import Slot
from clinicweb.booking.offer_actions import DeclineOffer, TakeOffer, decline_offer, take_offer
from clinicweb.booking.offering import offer_freed
from clinicweb.booking.waiting_models import FreedHour, HourOffer
from clinicweb.core import clock, db
from clinicweb.core.errors import Conflict
from clinicweb.core.viewer import Viewer
from tests.booking import world
from tests.booking.crowd import wrongs
from tests.booking.test_quotas import add_quota, taken
from tests.booking.waiting import (
    AWAKE,
    answers,
    forget,
    freed_hours,
    note,
    offered,
    offers,
    wait_for,
)
from tests.booking.world import free_slots, prepare


@pytest.fixture
def hours(clinic: db.Database) -> list[int]:
    """Dr. Díaz's first day, of which the web may give one hour."""
    add_quota(1)
    day = world.slot(free_slots()[0]).day
    return [slot_id for slot_id in free_slots() if world.slot(slot_id).day == day]


def look_again(slot_id: int) -> None:
    """The time has come at which the worker wanted to."""
    world.change(FreedHour, FreedHour.slot_id == slot_id, look_at=clock.now())
    offer_freed(AWAKE)


def test_while_the_last_of_the_quota_is_offered_nobody_else_takes_another_hour_of_it(
    hours: list[int], ana: Viewer, clara: Viewer
):
    offer_id = offered(clara, hours[0])

    with pytest.raises(Conflict) as refused:
        prepare(ana, hours[1]).book()
    take_offer(AWAKE, TakeOffer(clara, offer_id))

    assert refused.value.code == policy.WEB_QUOTA_TAKEN
    assert (taken(), wrongs()) == ([1], [])


def test_what_was_offered_in_vain_is_the_webs_to_give_again(
    hours: list[int], ana: Viewer, clara: Viewer
):
    decline_offer(AWAKE, DeclineOffer(clara, offered(clara, hours[0])))
    offer_freed(AWAKE)
    assert (taken(), wrongs()) == ([0], [])

    forget(clara)
    offered(ana, hours[1])
    assert taken() == [1]
    past = clock.now() - timedelta(seconds=1)
    world.change(HourOffer, HourOffer.slot_id == hours[1], ends_at=past)
    look_again(hours[1])

    assert answers(hours[1])[0] == (ana.account_id, "lapsed")
    assert (taken(), wrongs()) == ([0], [])


def test_a_second_freed_hour_waits_until_the_last_of_the_quota_is_answered(
    hours: list[int], ana: Viewer, clara: Viewer
):
    first, second, *_rest = hours
    offer_id = offered(clara, first)
    wait_for(ana, second, first_day=world.slot(second).day)
    note(second)

    offer_freed(AWAKE)

    assert offers(second) == []
    assert second in freed_hours()
    decline_offer(AWAKE, DeclineOffer(clara, offer_id))
    world.change(Slot, Slot.id == first, status="withdrawn")
    look_again(second)
    assert [answer for _who, answer in answers(second)] == [None]
    assert (taken(), wrongs()) == ([1], [])


def test_an_offer_taken_in_the_place_of_a_later_hour_counts_where_it_is(
    hours: list[int], clara: Viewer
):
    later = next(one for one in free_slots() if world.slot(one).day > world.slot(hours[0]).day)
    hers = prepare(clara, later).book()

    take_offer(AWAKE, TakeOffer(clara, offered(clara, hours[0]), instead_of=hers))

    assert world.appointment(hers).slot_id == hours[0]
    assert (taken(), wrongs()) == ([1], [])


def test_counting_anew_counts_what_is_offered(hours: list[int], clara: Viewer):
    offered(clara, hours[0])
    slot = world.slot(hours[0])

    with db.bookkeeping() as session:
        quotas.recount(session, [slot.practitioner_id], since=slot.day)

    assert (taken(), wrongs()) == ([1], [])
