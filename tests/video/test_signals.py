"""What two pages of a call may say to each other, and who is heard: pure, then on a database."""

import json

import pytest

from clinicweb.core.errors import NotFound
from clinicweb.core.ids import new_public_id
from clinicweb.video import queries, signals
from clinicweb.video.actions import answer_call, hang_up, start_call
from clinicweb.video.seats import note_quality, take_seat
from tests.chat.world import RULES

SDP = {"type": "offer", "sdp": "v=0\r\n"}
CANDIDATE = {"candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host", "sdpMid": "0"}
FRAME = {"call": "c" * 22, "seat": "s" * 22, "run": "abc", "to": ""}


def frame(kind, data="", **changes):
    text = data if isinstance(data, str) else json.dumps(data)
    return FRAME | {"kind": kind, "data": text} | changes


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("hello", ""),
        ("description", SDP),
        ("candidates", [CANDIDATE]),
        ("candidates", [CANDIDATE | {"sdpMLineIndex": 0}] * 30),
    ],
)
def test_what_a_call_needs_passes(kind, data):
    assert signals.parse(frame(kind, data)).kind == kind


@pytest.mark.parametrize(
    "wrong",
    [
        frame("hello", call="../../etc"),
        frame("hello", seat=""),
        frame("hello", run=""),
        frame("hello", run="<script>"),
        frame("script", SDP),
        frame("description", "no json"),
        frame("description", "[" * 11_000),
        frame("description", {"type": "rollback", "sdp": "v=0"}),
        frame("description", {"type": "offer", "sdp": "<b>"}),
        frame("description", {"type": "offer", "sdp": "v=0" + "x" * 12_000}),
        frame("candidates", [CANDIDATE] * 31),
        frame("candidates", [CANDIDATE | {"candidate": "x" * 601}]),
        frame("candidates", [CANDIDATE | {"sdpMid": 7}]),
        frame("candidates", [CANDIDATE | {"sdpMLineIndex": -1}]),
        frame("candidates", ["candidate"]),
        frame("candidates", {"candidate": "x"}),
    ],
)
def test_nothing_else_passes(wrong):
    with pytest.raises(NotFound):
        signals.parse(wrong)


def test_what_nobody_asked_for_is_left_out():
    parsed = signals.parse(frame("description", SDP | {"html": "<b>"}))

    assert json.loads(parsed.data) == SDP


@pytest.fixture
def call(ana, diaz, talk):
    """Answered; he sits in it by one page."""
    call_id = start_call(RULES, diaz, talk)
    answer_call(RULES, ana, call_id)
    take_seat(diaz, call_id, "d" * 22, takes_over=False)
    return call_id


def is_heard(viewer, call_id, seat):
    try:
        return bool(queries.find_other(viewer, call_id, seat))
    except NotFound:
        return False


def test_only_the_page_that_sits_in_a_call_is_heard(ana, clara, diaz, soto, call):
    assert queries.find_other(diaz, call, "d" * 22) == ana.account_id
    assert not is_heard(diaz, call, "e" * 22)
    assert not any(is_heard(stranger, call, "d" * 22) for stranger in (clara, soto))
    take_seat(diaz, call, "e" * 22, takes_over=True)
    assert not is_heard(diaz, call, "d" * 22)
    hang_up(ana, call)
    assert not is_heard(diaz, call, "e" * 22)


def test_nobody_else_sits_down_or_notes_anything(clara, call):
    for act in (
        lambda: take_seat(clara, call, new_public_id(), takes_over=True),
        lambda: note_quality(clara, call, "d" * 22, {"rtt": 1}),
    ):
        with pytest.raises(NotFound):
            act()
