"""The worker offers a freed hour in the order of waiting, to those alone who can have it."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest

from clinicweb.accounts.models import Account
from clinicweb.booking import sanctions
from clinicweb.booking.models import Slot, WebQuota
from clinicweb.booking.offering import offer_freed
from clinicweb.clinic.models import Patient
from clinicweb.core import clock, db
from clinicweb.core.viewer import Viewer
from tests.booking import waiting, world
from tests.booking.waiting import AWAKE, answers, free_again, freed_hours, wait_for, with_waiting
from tests.booking.world import free_slots, mails, prepare, slot
from tests.cast import ANAS_APPOINTMENT

MINUTES = AWAKE.waiting.offer


def test_the_first_who_waits_is_offered_it_and_silence_passes_it_on(ana, clara, dora):
    slot_id = free_slots()[0]
    wait_for(clara, slot_id)
    wait_for(dora, slot_id)

    free_again(ana, slot_id)
    offer_freed(AWAKE)
    first = answers(slot_id)
    begun = clock.now()
    with clock.frozen(begun + MINUTES - timedelta(minutes=1)):
        offer_freed(AWAKE)
        assert answers(slot_id) == first == [(clara.account_id, None)]
    with clock.frozen(begun + MINUTES):
        offer_freed(AWAKE)
        assert answers(slot_id) == [(clara.account_id, "lapsed"), (dora.account_id, None)]
    with clock.frozen(begun + 2 * MINUTES + timedelta(seconds=1)):
        offer_freed(AWAKE)

    assert [answer for _who, answer in answers(slot_id)] == ["lapsed", "lapsed"]
    assert (slot(slot_id).held_until, freed_hours()) == (None, [])


def test_each_is_told_once_by_mail_until_when(ana, clara):
    slot_id = free_slots()[0]
    wait_for(clara, slot_id)
    free_again(ana, slot_id)

    offer_freed(AWAKE)
    offer_freed(AWAKE)

    offer = waiting.offers(slot_id)[0]
    assert mails(offer.public_id) == ["hour_offer email"]
    assert offer.ends_at - offer.offered_at == MINUTES
    held = slot(slot_id)
    assert held.held_until is not None
    assert held.held_until > offer.ends_at


def test_an_hour_is_kept_from_others_while_it_is_offered(ana, clara):
    slot_id = free_slots()[0]
    wait_for(clara, slot_id)
    free_again(ana, slot_id)
    offer_freed(AWAKE)

    with pytest.raises(Exception, match=r"slot\.offered"):
        prepare(ana, slot_id).book()


def bar(who: Viewer, _slot_id: int) -> None:
    later = world.appointment(ANAS_APPOINTMENT)
    with db.current().writing() as session:
        session.info[db.ACTOR] = who
        found = sanctions.Consequence("late", slot(free_slots()[-1]).day)
        sanctions.impose(
            session, found, later, account_id=who.account_id, patient_id=int(who.patient_id or 0)
        )


def make_busy(who: Viewer, slot_id: int) -> None:
    """At that very time, with another doctor."""
    at = slot(slot_id).starts_at
    same_time = next(found for found in free_slots("soto", "mg") if slot(found).starts_at == at)
    prepare(who, same_time).book()


def use_up_quota(_who: Viewer, slot_id: int) -> None:
    row = slot(slot_id)
    with db.current().writing() as session:
        session.add(
            WebQuota(
                practitioner_id=row.practitioner_id, day=row.day, service_id=row.service_id,
                site_id=row.site_id, modality=row.modality, total=1, taken=1,
            )
        )  # fmt: skip


def end_affiliation(who: Viewer, _slot_id: int) -> None:
    yesterday = clock.now().date() - timedelta(days=2)
    world.change(Patient, Patient.id == who.patient_id, affiliation_ends_on=yesterday)


def lose_address(who: Viewer, _slot_id: int) -> None:
    world.change(Patient, Patient.id == who.patient_id, email=None)


def close_account(who: Viewer, _slot_id: int) -> None:
    world.change(Account, Account.id == who.account_id, is_active=False)


WHY_NOT: dict[str, Callable[[Viewer, int], Any]] = {
    "busy at that time": make_busy,
    "no quota left": use_up_quota,
    "not affiliated any more": end_affiliation,
    "cannot be reached": lose_address,
    "account closed": close_account,
}


@pytest.mark.parametrize("why", WHY_NOT)
def test_nobody_is_offered_what_they_cannot_take(ana, clara, why):
    slot_id = free_slots()[0]
    wait_for(clara, slot_id)
    free_again(ana, slot_id)
    WHY_NOT[why](clara, slot_id)

    offer_freed(AWAKE)

    assert answers(slot_id) == []
    assert (slot(slot_id).held_until, freed_hours()) == (None, [])


def test_who_is_barred_is_passed_over(ana, clara, dora):
    sanctioned = AWAKE.booking.sanctions.model_copy(update={"days": 30})
    rules = AWAKE.model_copy(
        update={"booking": AWAKE.booking.model_copy(update={"sanctions": sanctioned})}
    )
    slot_id = free_slots()[0]
    wait_for(clara, slot_id)
    wait_for(dora, slot_id)
    free_again(ana, slot_id)
    bar(clara, slot_id)

    offer_freed(rules)

    assert answers(slot_id) == [(dora.account_id, None)]


def test_at_the_limit_of_a_service_only_who_changes_is_offered_more(ana, clara):
    rules = AWAKE.model_copy(
        update={"booking": AWAKE.booking.model_copy(update={"max_ahead_per_service": 1})}
    )
    first, second, *_, last = free_slots()
    prepare(clara, second).book(rules)
    wait_for(clara, last)
    wait_for(clara, first)

    free_again(ana, last)
    free_again(ana, first)
    offer_freed(rules)

    assert answers(last) == []  # she could not have both
    assert answers(first) == [(clara.account_id, None)]  # instead of her later one


def test_one_hour_at_a_time(ana, clara):
    first, second = free_slots()[:2]
    wait_for(clara, first)

    free_again(ana, first)
    free_again(ana, second)
    offer_freed(AWAKE)

    assert sorted(len(answers(one)) for one in (first, second)) == [0, 1]


def test_nobody_is_asked_twice_about_one_hour(ana, clara):
    slot_id = free_slots()[0]
    wait_for(clara, slot_id)
    free_again(ana, slot_id)
    offer_freed(AWAKE)
    later = clock.now() + MINUTES + timedelta(minutes=1)

    with clock.frozen(later):
        offer_freed(AWAKE)
        free_again(ana, slot_id)
        offer_freed(AWAKE)

    assert answers(slot_id) == [(clara.account_id, "lapsed")]


def test_the_time_of_day_counts_on_the_sites_clock(ana, clara):
    slot_id = free_slots()[0]  # at nine, where it is
    wait_for(clara, slot_id, part="afternoon")
    free_again(ana, slot_id)

    offer_freed(AWAKE)

    assert answers(slot_id) == []


def test_an_hour_too_near_is_offered_to_nobody(ana, clara):
    slot_id = free_slots()[0]
    wait_for(clara, slot_id)

    with clock.frozen(slot(slot_id).starts_at - timedelta(minutes=4)):
        free_again(ana, slot_id)
        offer_freed(AWAKE)

    assert answers(slot_id) == []


def test_in_the_night_it_is_on_sale_and_offered_in_the_morning(ana, clara):
    rules = with_waiting(quiet_from=time(21), quiet_to=time(8))
    slot_id = free_slots()[8]
    night = slot(slot_id).starts_at - timedelta(hours=10)  # 23:00 there
    wait_for(clara, slot_id)

    with clock.frozen(night):
        free_again(ana, slot_id)
        offer_freed(rules)
        assert (answers(slot_id), slot(slot_id).held_until) == ([], None)
        assert offer_freed(rules) == 0
    with clock.frozen(night + timedelta(hours=9)):
        offer_freed(rules)

    assert answers(slot_id) == [(clara.account_id, None)]


def test_an_hour_sold_in_the_night_is_offered_no_more(ana, clara, dora):
    rules = with_waiting(quiet_from=time(21), quiet_to=time(8))
    slot_id = free_slots()[8]
    night = slot(slot_id).starts_at - timedelta(hours=10)
    wait_for(clara, slot_id)

    with clock.frozen(night):
        free_again(ana, slot_id)
        offer_freed(rules)
        prepare(dora, slot_id).book(rules)
    with clock.frozen(night + timedelta(hours=9)):
        offer_freed(rules)

    assert (answers(slot_id), freed_hours()) == ([], [])


def test_of_two_hours_at_the_same_time_one_is_offered(ana, clara, dora):
    slot_id = free_slots()[0]
    at = slot(slot_id).starts_at + timedelta(minutes=5)
    inside = world.add_slot(slot_id, starts_at=at, minutes=10)
    public_id = prepare(ana, slot_id).book()
    wait_for(clara, slot_id)
    wait_for(dora, slot_id)
    world.change(Slot, Slot.id == inside, status="blocked")

    waiting.release(ana, public_id)
    offer_freed(AWAKE)

    assert len(answers(slot_id)) + len(answers(inside)) == 1
    with pytest.raises(Exception, match=r"slot\.offered"):
        prepare(ana, inside).book()


def test_who_waits_for_something_earlier_is_offered_only_that(ana, clara):
    mine = world.appointment(ANAS_APPOINTMENT)
    before, after = free_slots()[0], free_slots()[-1]
    wait_for(ana, before, appointment_id=mine.id)

    free_again(clara, before)
    free_again(clara, after)
    offer_freed(AWAKE)

    assert answers(before) == [(ana.account_id, None)]
    assert answers(after) == []
