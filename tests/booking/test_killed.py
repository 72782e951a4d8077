"""
T17, the part of booking: a server killed while many confirm.

Nothing acknowledged is lost, nothing is sold twice, nothing is booked without its mail; and who
got no answer asks again and gets one appointment or a kind refusal.
"""

import os
import random
from collections.abc import Callable
from itertools import count
from threading import Lock

from sqlalchemy import func, select

from clinicweb.booking.models import Appointment, Slot
from clinicweb.core import db
from tests.booking import world
from tests.booking.crowd import SETTINGS, Answer, Browser, Member, at_once, gather, wrongs
from tests.booking.world import Prepared, free_slots, prepare
from tests.server import PortalServer

ROUNDS = 100 if os.environ.get("PROVE") else 1
CROWD = 30
HOURS = 15  # two want each

Serve = Callable[..., PortalServer]


class Deadline:
    """Kills *server* when so many answers have come; the others are then under way."""

    def __init__(self, server: PortalServer, after: int) -> None:
        self._server, self._after = server, after
        self._answers, self._lock = count(1), Lock()

    def note(self) -> None:
        with self._lock:
            if next(self._answers) == self._after:
                self._server.kill()


def confirm(server: PortalServer, member: Member, draft: Prepared, deadline: Deadline) -> Answer:
    browser = Browser(server.url, member)
    answer = browser.confirm(draft)
    browser.close()
    if answer.status:
        deadline.note()
    return answer


def a_round(
    server: PortalServer, members: list[Member], chance: random.Random
) -> list[tuple[Member, Prepared, Answer]]:
    """Everybody confirms, the server dies meanwhile: who got which answer."""
    slots = free_slots()[:HOURS]
    drafts = [
        prepare(member.viewer, slots[number % HOURS]) for number, member in enumerate(members)
    ]
    deadline = Deadline(server, after=chance.randint(1, CROWD * 2 // 3))
    answers = at_once(
        [
            lambda member=member, draft=draft: confirm(server, member, draft, deadline)
            for member, draft in zip(members, drafts, strict=True)
        ]
    )
    server.kill()
    return list(zip(members, drafts, answers, strict=True))


def ask_again(server: PortalServer, member: Member, draft: Prepared) -> Answer:
    browser = Browser(server.url, member)
    first, second = browser.confirm(draft), browser.confirm(draft)
    browser.close()
    assert first.status in (303, 409)
    assert (second.status, second.is_booked) == (303, first.is_booked)
    return first


def appointments_of(draft: Prepared) -> int:
    with db.reading() as session:
        return len(
            session.scalars(select(Appointment.id).where(Appointment.draft_id == draft.id)).all()
        )


def more_hours() -> None:
    """Enough free hours for a round."""
    like = free_slots()[0]
    length = world.slot(like).ends_at - world.slot(like).starts_at
    with db.reading() as session:
        last = session.scalar(select(func.max(Slot.ends_at)))
    for number in range(HOURS):
        world.add_slot(like, starts_at=last + length * number)


def test_a_killed_server_loses_nothing_it_promised_and_sells_nothing_twice(
    clinic: db.Database, serve: Serve, record_property
):
    server = serve(DATABASE_URL=clinic.url, **SETTINGS)
    chance, unanswered = random.Random(20260303), 0  # noqa: S311  repeatable
    for _ in range(ROUNDS):
        more_hours()
        told = a_round(server, gather(CROWD), chance)

        server.start()

        assert wrongs() == []
        acknowledged = [draft for _who, draft, answer in told if answer.is_booked]
        assert [appointments_of(draft) for draft in acknowledged] == [1] * len(acknowledged)
        waiting = [(who, draft) for who, draft, answer in told if answer.status == 0]
        outcomes = [(draft, ask_again(server, who, draft)) for who, draft in waiting]
        for draft, answer in outcomes:
            assert appointments_of(draft) == answer.is_booked
        assert wrongs() == []
        unanswered += len(waiting)

    record_property("rounds", ROUNDS)
    record_property("unanswered", unanswered)
    assert unanswered >= ROUNDS  # else nobody was there when it died
