"""
T15 and T16: an hour that everybody wants, and a confirmation that is sent again and again.

Against the served portal, over HTTP.  ``PROVE`` in the environment asks for the full size.
"""

import os
import time
from collections import Counter
from statistics import quantiles

from sqlalchemy import select

from clinicweb.core import db
from clinicweb.core.drafts import Draft
from tests.booking import world
from tests.booking.crowd import Answer, Browser, Member, at_once, gather, wrongs
from tests.booking.world import Prepared, free_slots, hours, prepare
from tests.server import PortalServer

PROVE = bool(os.environ.get("PROVE"))
ROUNDS = 200 if PROVE else 4
SENDINGS = 50 if PROVE else 1
CROWD = 50
SLOWEST_SECONDS = 1.0
SORRY = "Otra persona tomó esa hora mientras usted elegía."


def confirm_all(
    portal: PortalServer, members: list[Member], drafts: list[Prepared], digest: str | None = None
) -> tuple[list[Answer], list[float]]:
    """All at once, each on a line of their own; with the seconds that each took."""
    browsers = [Browser(portal.url, member) for member in members]
    for browser in browsers:
        browser.open()
    seconds: list[float] = []

    def act(browser: Browser, draft: Prepared) -> Answer:
        began = time.perf_counter()
        answer = browser.confirm(draft, digest)
        seconds.append(time.perf_counter() - began)
        return answer

    answers = at_once(
        [
            lambda browser=browser, draft=draft: act(browser, draft)
            for browser, draft in zip(browsers, drafts, strict=True)
        ]
    )
    for browser in browsers:
        browser.close()
    return answers, seconds


def kept_answers(drafts: list[Prepared]) -> list[object]:
    """Whatever is the same for several stands there once."""
    query = select(Draft.answers).where(Draft.id.in_([draft.id for draft in drafts]))
    found: list[object] = []
    with db.reading() as session:
        for answers in session.scalars(query):
            found += [] if answers in found else [answers]
    return found


def check_loser(answer: Answer, slot_id: int) -> None:
    assert SORRY in answer.body
    assert answer.body.count('type="radio"') >= 1
    assert "Las horas libres más cercanas" in answer.body
    assert f'value="{slot_id}"' not in answer.body


def test_an_hour_that_fifty_confirm_at_once_is_sold_once_and_refused_kindly(
    portal: PortalServer, record_property
):
    members, all_seconds, statuses = gather(CROWD), [], Counter()
    for slot_id in hours(ROUNDS):
        asked = world.answers_for(slot_id)
        drafts = world.prepare_all([member.viewer for member in members], asked)

        answers, seconds = confirm_all(portal, members, drafts)

        statuses.update(answer.status for answer in answers)
        all_seconds += seconds
        [winner] = [number for number, answer in enumerate(answers) if answer.status == 303]
        assert answers[winner].location == f"/reservar/{drafts[winner].id}/lista"
        assert len(world.live_appointments(slot_id)) == 1
        for number in set(range(CROWD)) - {winner}:
            check_loser(answers[number], slot_id)
        losers = drafts[:winner] + drafts[winner + 1 :]
        assert kept_answers(losers) == [{"buscar": asked["buscar"]}]

    p95 = quantiles(all_seconds, n=20)[-1]
    record_property("attempts", sum(statuses.values()))
    record_property("p95_seconds", round(p95, 3))
    assert statuses == {303: ROUNDS, 409: ROUNDS * (CROWD - 1)}
    assert wrongs() == []
    assert p95 <= SLOWEST_SECONDS or not PROVE


def test_a_confirmation_sent_a_hundred_times_at_once_books_once(portal: PortalServer):
    [member] = gather(1)
    for slot_id in hours(SENDINGS):
        draft = prepare(member.viewer, slot_id)

        answers, _seconds = confirm_all(portal, [member] * 100, [draft] * 100)
        again, _seconds = confirm_all(portal, [member], [draft])
        other, _seconds = confirm_all(portal, [member], [draft], digest="0123456789abcdef")

        assert {(answer.status, answer.location) for answer in answers + again} == {
            (303, f"/reservar/{draft.id}/lista")
        }
        [public_id] = world.live_appointments(slot_id)
        assert world.mails(public_id) == ["appointment_booked 0"]
        assert world.audit_rows(public_id) == ["appointment.book"]
        assert other[0].status == 422
        assert "Revíselas y confirme de nuevo" in other[0].body
    assert wrongs() == []


def test_hours_that_overlap_are_sold_to_one_of_those_who_confirm_them_at_once(
    portal: PortalServer,
):
    members = gather(20)
    first = free_slots()[0]
    starts_at, half = world.slot(first).starts_at, world.slot(first).ends_at
    shift = (half - starts_at) / 10
    wanted = [first] + [
        world.add_slot(first, starts_at=starts_at + shift * number) for number in range(1, 10)
    ]
    drafts = [prepare(member.viewer, wanted[number % 10]) for number, member in enumerate(members)]

    answers, _seconds = confirm_all(portal, members, drafts)

    assert Counter(answer.status for answer in answers) == {303: 1, 409: 19}
    assert wrongs() == []
