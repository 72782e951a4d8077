"""What strangers, old pages and pages gone mad get through to the other side of a call (T23)."""

import json
from contextlib import suppress
from datetime import timedelta

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from clinicweb.chat.models import WITH_PATIENT, Conversation
from clinicweb.core import clock, db
from clinicweb.core.ids import new_public_id
from clinicweb.video import policy
from clinicweb.video.models import Call
from tests.accounts.helped import clinic_file
from tests.booking.crowd import SETTINGS, Member, gather
from tests.chat.world import open_between
from tests.live.people import listen
from tests.server import PortalServer

CLINIC = '[chat]\nis_on = true\nopens = "always"\n'
FIRST, SECOND, THIRD, OTHERS = (letter * 22 for letter in "fsto")


def answered_call(caller: Member, callee: Member) -> str:
    public_id, now = new_public_id(), clock.now()
    talk = open_between([callee, caller], WITH_PATIENT)
    with db.current().writing() as session:
        conversation = session.query(Conversation).filter_by(public_id=talk).one()
        session.add(
            Call(
                public_id=public_id, conversation_id=conversation.id,
                patient_id=callee.viewer.patient_id, caller_id=caller.viewer.account_id,
                callee_id=callee.viewer.account_id, status=policy.ANSWERED, asked_at=now,
                answered_at=now, deadline_at=now + timedelta(minutes=30),
            )
        )  # fmt: skip
    return public_id


@pytest.fixture
def trio(serve, clinic_url, tmp_path) -> tuple[PortalServer, list[Member], str]:
    """A portal; who calls, who was called, a stranger; and the call of the first two."""
    database = db.Database(clinic_url)
    db.configure(database)
    people = gather(3)
    call = answered_call(*people[:2])
    database.dispose()
    settings = SETTINGS | {"DATABASE_URL": clinic_url, "CLINIC": clinic_file(tmp_path, CLINIC)}
    return serve(**settings), people, call


def say(page: ClientConnection, call: str, seat: str, run: str = "r", **more: str) -> None:
    fields = {"live": "call.signal", "call": call, "seat": seat, "kind": "hello", "run": run}
    page.send(json.dumps(fields | {"to": "", "data": ""} | more))


def join(page: ClientConnection, call: str, seat: str, **more: str) -> str:
    """What the page is told: that it is in the call, or that another one is."""
    page.send(json.dumps({"live": "call.join", "call": call, "seat": seat} | more))
    while True:
        told = next_of(page, "call", "elsewhere")
        # What all pages of the two are told is no answer to this one.
        if told["live"] == "elsewhere" or "ice" in told:
            return told["live"]


def next_of(page: ClientConnection, *kinds: str) -> dict[str, str]:
    while True:
        text = page.recv(timeout=60)
        told = json.loads(text) if text[:1] in ("{", b"{") else {}
        if told.get("live") in kinds:
            return dict(told)


def test_only_the_page_in_the_call_is_heard_and_by_the_other_alone(trio, record_property):
    portal, (one, other, stranger), call = trio
    with (
        listen(portal.url, one.cookie) as calling,
        listen(portal.url, other.cookie) as called,
        listen(portal.url, stranger.cookie) as strange,
    ):
        assert join(calling, call, FIRST) == join(called, call, OTHERS) == "call"
        refused = 0
        # Whoever knows the call and the key of a page in it, and repeats what it said.
        for seat in (FIRST, OTHERS, THIRD):
            say(strange, call, seat, run="stranger")
            assert next_of(strange, "failed", "signal")["live"] == "failed"
            refused += 1
        for wrong in ({"data": "x" * 13_000}, {"kind": "script"}, {"kind": "description"}):
            say(calling, call, FIRST, **{"run": "wrong"} | wrong)
            assert next_of(calling, "failed")["name"] == "call.signal"
            refused += 1
        say(calling, call, FIRST, run="right")

        assert next_of(called, "signal")["run"] == "right"
    record_property("refused", refused)


def test_of_three_devices_one_is_heard_and_what_an_old_one_repeats_is_not(trio):
    portal, (one, other, _), call = trio
    with (
        listen(portal.url, other.cookie) as called,
        listen(portal.url, one.cookie) as first,
        listen(portal.url, one.cookie) as second,
        listen(portal.url, one.cookie) as third,
    ):
        join(called, call, OTHERS)
        assert join(first, call, FIRST) == "call"
        assert join(second, call, SECOND) == join(third, call, THIRD) == "elsewhere"
        assert join(second, call, SECOND, takes="1") == "call"
        for page, seat in ((first, FIRST), (third, THIRD), (second, THIRD)):
            say(page, call, seat, run="repeated")
            next_of(page, "failed")
        say(second, call, SECOND, run="right")

        assert next_of(called, "signal")["run"] == "right"


def test_who_floods_the_other_one_is_cut_and_comes_back(trio):
    portal, (one, other, _), call = trio
    with listen(portal.url, other.cookie) as called:
        join(called, call, OTHERS)
        with listen(portal.url, one.cookie) as mad:
            join(mad, call, FIRST)
            with suppress(ConnectionClosed):
                for _ in range(500):
                    say(mad, call, FIRST, run="mad")
        with listen(portal.url, one.cookie) as calm:
            assert join(calm, call, FIRST) == "call"
            say(calm, call, FIRST, run="calm")

            heard = []
            while heard[-1:] != ["calm"]:
                heard.append(next_of(called, "signal")["run"])
    assert len(heard) < 200
