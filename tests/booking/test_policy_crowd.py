"""
T15: what the web may not give is not given, however many ask at once.

Against the served portal, over HTTP.  ``PROVE`` in the environment asks for the full size.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from clinicweb.booking import sanctions
from clinicweb.booking.models import Slot, WebQuota, WebSanction
from clinicweb.booking.texts import NO_WEB_HOURS
from clinicweb.clinic.rules import load_rules
from clinicweb.core import clock, db
from tests.booking import world
from tests.booking.crowd import SETTINGS, Browser, at_once, gather, wrongs
from tests.booking.test_crowd import confirm_all
from tests.booking.world import free_slots, prepare
from tests.server import PortalServer

PROVE = bool(os.environ.get("PROVE"))
ROUNDS = 40 if PROVE else 2
CLINIC = "afiliados"
CROWD = 50
Serve = Callable[..., PortalServer]


@pytest.fixture
def portal(clinic: db.Database, serve: Serve) -> PortalServer:
    return serve(DATABASE_URL=clinic.url, CLINIC=CLINIC, **SETTINGS)


def many_hours(count: int) -> list[int]:
    """*count* hours of one doctor's day that nobody has."""
    first = world.slot(free_slots()[0])
    added = [
        world.add_slot(first.id, starts_at=first.starts_at + timedelta(minutes=number), minutes=1)
        for number in range(120, 120 + count)
    ]
    with db.current().writing() as session:
        quota = WebQuota(
            practitioner_id=first.practitioner_id, service_id=first.service_id,
            site_id=first.site_id, modality=first.modality, day=first.day, total=0, taken=0,
        )  # fmt: skip
        session.add(quota)
    return added


def test_the_last_hour_of_the_quota_goes_to_one_of_fifty(portal: PortalServer, record_property):
    """S3-84: fifty free hours, one of which the web may give."""
    members, statuses = gather(CROWD), Counter()
    hours = many_hours(CROWD)
    for _round in range(ROUNDS):
        with db.current().writing() as session:
            session.execute(update(WebQuota).values(total=WebQuota.taken + 1))
        free = set(free_slots())
        wanted = [hour for hour in hours if hour in free]
        drafts = [
            prepare(member.viewer, wanted[number % len(wanted)], is_asked_for_whom=True)
            for number, member in enumerate(members)
        ]

        answers, _seconds = confirm_all(portal, members, drafts)

        statuses.update(answer.status for answer in answers)
        assert sum(answer.is_booked for answer in answers) == 1
        losers = [answer for answer in answers if answer.status == 409]
        assert sum(str(NO_WEB_HOURS) in answer.body for answer in losers) >= len(losers) - 1
        assert wrongs() == []
        members = gather(CROWD)  # a person may have but two of a service

    record_property("attempts", sum(statuses.values()))
    assert statuses == {303: ROUNDS, 409: ROUNDS * (CROWD - 1)}


def test_who_cancels_late_while_booking_has_the_hour_or_the_sanction_first(
    portal: PortalServer, record_property
):
    """S3-38: whatever comes first, nothing is booked under a sanction."""
    rules, outcomes = load_rules(CLINIC), Counter()
    for member in gather(8 * ROUNDS):
        late, other = free_slots()[0], free_slots()[6]
        soon = clock.now() + timedelta(hours=3)
        first = world.add_slot(late, starts_at=soon + timedelta(minutes=2 * sum(outcomes.values())),
                               minutes=1)  # fmt: skip
        public_id = prepare(member.viewer, first).book(rules)
        draft = prepare(member.viewer, other, is_asked_for_whom=True)
        starts_at = world.appointment(public_id).starts_at
        cost = sanctions.find_consequence(member.viewer, rules, starts_at)
        assert cost is not None
        browsers = [Browser(portal.url, member), Browser(portal.url, member)]

        released, booked = at_once(
            [
                lambda b=browsers[0], i=public_id, c=cost.code: b.release(i, c),
                lambda b=browsers[1], d=draft: b.confirm(d),
            ]
        )

        assert released.status == 303
        assert booked.is_booked or booked.status == 403, (booked.location, booked.body)
        outcomes[booked.status] += 1
        assert world.appointment(public_id).status == "cancelled"
        with db.reading() as session:
            mine = WebSanction.account_id == member.viewer.account_id
            [made_at] = session.scalars(select(WebSanction.made_at).where(mine))
        for hers in world.live_appointments(other):
            assert world.appointment(hers).created_at <= made_at
        world.change(Slot, Slot.id == other, status="withdrawn")
        for browser in browsers:
            browser.close()

    record_property("attempts", sum(outcomes.values()))
    record_property("outcomes", dict(outcomes))
    assert wrongs() == []
