"""T15's kind of race: an hour that some would move to while others book it, over HTTP."""

import os
from collections import Counter
from collections.abc import Callable

from tests.booking import world
from tests.booking.crowd import Answer, Browser, Member, at_once, gather, wrongs
from tests.booking.world import free_slots, hours, prepare
from tests.server import PortalServer

ROUNDS = 10 if os.environ.get("PROVE") else 2
MOVERS = BOOKERS = 10
Act = Callable[[Browser], Answer]


def send_all(portal: PortalServer, members: list[Member], acts: list[Act]) -> list[Answer]:
    browsers = [Browser(portal.url, member) for member in members]
    for browser in browsers:
        browser.open()
    pairs = zip(browsers, acts, strict=True)
    answers = at_once([lambda browser=browser, act=act: act(browser) for browser, act in pairs])
    for browser in browsers:
        browser.close()
    return answers


def moving(public_id: str, slot_id: int) -> Act:
    return lambda browser: browser.post(f"/citas/{public_id}/cambiar/{slot_id}", agreed="")


def booking(member: Member, slot_id: int) -> Act:
    draft = prepare(member.viewer, slot_id)
    return lambda browser: browser.confirm(draft)


def check_loser(answer: Answer, public_id: str, slot_id: int) -> None:
    assert "Otra persona tomó esa hora mientras usted elegía." in answer.body
    assert "Las horas libres más cercanas" in answer.body
    assert f'value="{slot_id}"' not in answer.body
    assert world.slot(world.appointment(public_id).slot_id or 0).status == "booked"


def test_an_hour_that_is_moved_to_and_booked_at_once_is_ones_alone(
    portal: PortalServer, record_property
):
    members, winners = gather(MOVERS + BOOKERS), Counter[str]()
    movers, bookers = members[:MOVERS], members[MOVERS:]
    theirs = [
        prepare(mover.viewer, slot_id).book()
        for mover, slot_id in zip(movers, free_slots("soto"), strict=False)
    ]
    for slot_id in hours(ROUNDS):
        before = {public_id: world.appointment(public_id).slot_id for public_id in theirs}
        acts = [moving(public_id, slot_id) for public_id in theirs]
        acts += [booking(member, slot_id) for member in bookers]

        answers = send_all(portal, members, acts)

        assert Counter(answer.status for answer in answers) == {303: 1, 409: len(members) - 1}
        assert len(world.live_appointments(slot_id)) == 1
        winners["moved" if 303 in {one.status for one in answers[:MOVERS]} else "booked"] += 1
        for public_id, answer in zip(theirs, answers[:MOVERS], strict=True):
            if answer.status == 409:
                assert world.appointment(public_id).slot_id == before[public_id]
                check_loser(answer, public_id, slot_id)
        assert wrongs() == []
    record_property("attempts", ROUNDS * len(members))
    record_property("winners", dict(winners))


def test_a_change_sent_many_times_at_once_moves_once(portal: PortalServer):
    [member] = gather(1)
    old, new = hours(2)
    public_id = prepare(member.viewer, old).book()

    answers = send_all(portal, [member] * 20, [moving(public_id, new)] * 20)

    assert {(answer.status, answer.location) for answer in answers} == {(303, "/")}
    assert world.appointment(public_id).sequence == 1
    assert world.mails(public_id) == ["appointment_booked 0", "appointment_moved 1"]
    assert world.audit_rows(public_id) == ["appointment.book", "appointment.move"]
    assert wrongs() == []


def test_two_who_change_places_with_each_other_never_wait_in_a_ring(portal: PortalServer):
    members = gather(2)
    slots = hours(2)
    theirs = [prepare(one.viewer, slot).book() for one, slot in zip(members, slots, strict=True)]

    answers = send_all(portal, members, [moving(theirs[0], slots[1]), moving(theirs[1], slots[0])])

    assert [answer.status for answer in answers] == [409, 409]
    assert [world.appointment(public_id).slot_id for public_id in theirs] == slots
    assert wrongs() == []
