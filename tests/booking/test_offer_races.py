"""
T15 and T17, the waiting list's part: at once, and killed half-way.

An hour is offered to one at a time, taken once, and never both by who waited and by who did not.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import func, select

from clinicweb.booking.models import Slot
from clinicweb.booking.offer_mail import PURPOSE
from clinicweb.booking.offering import offer_freed
from clinicweb.booking.waiting_models import HourOffer
from clinicweb.core import clock, db, tokens
from clinicweb.notifications.models import OutboxMessage
from tests.booking import waiting, world
from tests.booking.crowd import KEY, SETTINGS, Answer, Browser, Member, at_once, gather, wrongs
from tests.booking.waiting import AWAKE, answers, freed_hours, note, offered, wait_for
from tests.booking.world import free_slots, prepare
from tests.server import PortalServer

PROVE = bool(os.environ.get("PROVE"))
ROUNDS = 3 if PROVE else 1
PRESSES = 24 if PROVE else 4
HOURS = 20 if PROVE else 6
WORKERS = 6
ROOT = Path(__file__).parent.parent.parent

Serve = Callable[..., PortalServer]


class Door:
    """A served portal, and who stands before it: the first waits for hours, the others do not."""

    def __init__(self, server: PortalServer) -> None:
        self.server = server
        self.first, *self.others = gather(PRESSES + 1)
        # The portal's own worker offers too: who waits for an hour waits for none of the others.
        self.days = {
            (service, world.slot(slot_id).day): slot_id
            for doctor, service in (("diaz", "mg"), ("soto", "car"))
            for slot_id in free_slots(doctor, service)
        }

    def offer(self) -> tuple[int, str]:
        """An hour of another day, offered to the first alone."""
        waiting.forget(self.first.viewer)
        (_service, day), slot_id = self.days.popitem()
        return slot_id, offered(self.first.viewer, slot_id, first_day=day, last_day=day)

    def press(self, offer_id: str, way: str) -> Callable[[], Answer]:
        """A button of the link's page."""
        path = f"/citas/oferta/{tokens.issue([KEY], PURPOSE, offer_id)}/{way}"
        return self._act(self.first, lambda browser: browser.post(path))

    def book(self, member: Member, slot_id: int) -> Callable[[], Answer]:
        draft = prepare(member.viewer, slot_id)
        return self._act(member, lambda browser: browser.confirm(draft))

    def _act(self, member: Member, act: Callable[[Browser], Answer]) -> Callable[[], Answer]:
        browser = Browser(self.server.url, member)
        browser.open()

        def once() -> Answer:
            try:
                return act(browser)
            finally:
                browser.close()

        return once


def take_while_others_book(door: Door) -> Counter[str]:
    """While it is kept for who waited, all their presses are one, and nobody else gets it."""
    slot_id, offer_id = door.offer()
    acts = [door.press(offer_id, "tomar") for _ in range(PRESSES)]

    found = at_once(acts + [door.book(member, slot_id) for member in door.others])

    assert [answer.status for answer in found] == [303] * PRESSES + [409] * PRESSES
    assert answers(slot_id) == [(door.first.viewer.account_id, "accepted")]
    assert len(world.live_appointments(slot_id)) == 1
    return Counter(taken=1)


def take_when_nothing_holds_it(door: Door) -> Counter[str]:
    """The worker is late: the taking and the booking meet at the hour itself."""
    slot_id, offer_id = door.offer()
    world.change(Slot, Slot.id == slot_id, held_until=clock.now())
    acts = [door.book(member, slot_id) for member in door.others]

    found = at_once([door.press(offer_id, "tomar"), *acts])

    assert Counter(answer.status for answer in found) == {303: 1, 409: PRESSES}
    assert len(world.live_appointments(slot_id)) == 1
    return Counter(first_at_the_hour=found[0].status == 303)


def take_and_refuse(door: Door) -> Counter[str]:
    """It ends as one of both."""
    slot_id, offer_id = door.offer()

    at_once([door.press(offer_id, way) for way in ["tomar", "rechazar"] * (PRESSES // 2)])

    (answer,) = [answer for _who, answer in answers(slot_id)]
    assert len(world.live_appointments(slot_id)) == (answer == "accepted")
    return Counter([str(answer)])


def test_an_offered_hour_is_had_once_whatever_happens_at_once(
    clinic: db.Database, serve: Serve, record_property
):
    door = Door(serve(DATABASE_URL=clinic.url, **SETTINGS))
    told: Counter[str] = Counter()
    for _ in range(ROUNDS):
        for scene in (take_while_others_book, take_when_nothing_holds_it, take_and_refuse):
            told += scene(door)

    assert wrongs() == []
    record_property("rounds", 3 * ROUNDS)
    record_property("outcomes", dict(told))


def test_workers_at_once_offer_each_hour_to_one_and_nobody_two(
    clinic: db.Database, record_property
):
    slots, crowd = free_slots()[:HOURS], gather(HOURS - 2)
    for member in crowd:
        wait_for(member.viewer, slots[0])
    for slot_id in slots:
        note(slot_id)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda _: offer_freed(AWAKE), range(WORKERS)))
    offer_freed(AWAKE)

    with db.reading() as session:
        of = (HourOffer.slot_id, HourOffer.entry_id)
        found = session.execute(select(*of).where(HourOffer.answer.is_(None))).all()
    assert len(found) == len({row[0] for row in found}) == len({row[1] for row in found})
    assert len(found) == len(crowd)
    assert len(freed_hours()) == len(crowd)
    record_property("offers", len(found))


def test_what_a_killed_worker_began_another_does_once(clinic: db.Database, clara):
    slot_id = free_slots()[0]
    wait_for(clara, slot_id)
    note(slot_id)
    command = [sys.executable, "-m", "tests.booking.dying_offerer", clinic.url]

    died = subprocess.run(command, cwd=ROOT, check=False, timeout=60)
    left = (answers(slot_id), freed_hours())
    offer_freed(AWAKE)

    assert died.returncode == 9
    assert left == ([], [slot_id])
    assert answers(slot_id) == [(clara.account_id, None)]
    with db.reading() as session:
        mails = select(func.count()).where(OutboxMessage.template == "hour_offer")
        assert session.scalar(mails) == 1
