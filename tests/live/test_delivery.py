"""From an event to the pages that are open: to whom, with what of their own, and who no longer."""

import time
from dataclasses import replace

import pytest
from flask import g, render_template_string

from clinicweb.core.errors import NotFound
from clinicweb.core.events import ACCOUNT_CHANGED, Event
from clinicweb.core.viewer import ADMIN, PATIENT, Viewer
from clinicweb.web.delivery import NUDGE, Delivery, merged
from clinicweb.web.sockets import RESTART, SESSION_ENDED, Person
from clinicweb.web.switchboard import SOCKETS_PER_ACCOUNT, Switchboard

ANA = Viewer(1, 11, "Ana", frozenset({PATIENT}))
CLARA = Viewer(2, 22, "Clara", frozenset({PATIENT}))
SAID = Event("said", frozenset({1, 2}), {"text": "hola"})
PART = "<p hx-nonce='{{ csp_nonce }}'>{{ viewer.name }} {{ csrf_token() }} {{ _('Inicio') }}</p>"


class Page:
    """What a connection is for who brings events."""

    def __init__(self, viewer, language="es", *, checked_at=None):
        self.person = Person(viewer, language, f"nonce-of-{id(self)}", f"token-of-{id(self)}")
        self.checked_at = time.monotonic() if checked_at is None else checked_at
        self.got, self.code = [], None

    @property
    def is_open(self):
        return self.code is None

    def send(self, text):
        self.got.append(text)

    def close(self, code):
        self.code = code


class World:
    """*going* are the sessions that go on, *rendered* for whom something was rendered."""

    def __init__(self, app):
        self.going, self.rendered, self.refused = {11: ANA, 22: CLARA}, [], set()
        self.switchboard = Switchboard(100)
        self.delivery = Delivery(app, self.switchboard, self, {"said": self.show})
        self.open_ones = []

    def find(self, session_ids):
        return {one: self.going[one] for one in session_ids if one in self.going}

    def show(self, viewer, event):
        if viewer.name in self.refused:
            raise NotFound
        self.rendered.append((viewer.name, g.viewer.name))
        return render_template_string(PART) + event.ids["text"]

    def open(self, *pages):
        for page in pages:
            account_id = page.person.viewer.account_id
            assert self.switchboard.take_place(account_id) is None
            kept = self.switchboard.connected(page)
            kept.__enter__()
            self.open_ones.append((kept, account_id))
        return pages

    def bring(self, event):
        self.delivery._bring(event)


@pytest.fixture
def live_world(app):
    return World(app)


def test_each_page_gets_its_own_nonce_and_token_and_its_readers_words(live_world):
    one, two, english, claras = live_world.open(Page(ANA), Page(ANA), Page(ANA, "en"), Page(CLARA))

    live_world.bring(SAID)

    assert sorted(live_world.rendered) == [("Ana", "Ana"), ("Ana", "Ana"), ("Clara", "Clara")]
    for page, words in ((one, "Inicio"), (two, "Inicio"), (english, "Home"), (claras, "Inicio")):
        person = page.person
        name = person.viewer.name
        assert page.got == [
            f"<p hx-nonce='{person.nonce}'>{name} {person.csrf_token} {words}</p>hola"
        ]


def test_who_may_not_see_it_gets_nothing_and_others_do(live_world):
    anas, claras = live_world.open(Page(ANA), Page(CLARA))
    live_world.refused.add("Ana")

    live_world.bring(SAID)

    assert anas.got == []
    assert len(claras.got) == 1


def test_an_event_for_others_or_of_no_kind_reaches_nobody(live_world):
    [anas] = live_world.open(Page(ANA))

    live_world.bring(replace(SAID, to=frozenset({2})))
    live_world.bring(replace(SAID, kind="unknown"))

    assert anas.got == []


def test_an_ended_session_gets_nothing_more(live_world):
    anas, claras = live_world.open(Page(ANA, checked_at=0.0), Page(CLARA, checked_at=0.0))
    del live_world.going[11]

    live_world.bring(SAID)

    assert (anas.got, anas.code) == ([], SESSION_ENDED)
    assert len(claras.got) == 1


def test_news_of_an_account_has_its_sessions_asked_for_at_once(live_world):
    anas, claras = live_world.open(Page(ANA), Page(CLARA))
    live_world.going[11] = replace(ANA, roles=frozenset({ADMIN}))
    del live_world.going[22]

    live_world.bring(Event(ACCOUNT_CHANGED, frozenset({1})))

    assert anas.code == RESTART
    assert claras.code is None


def test_the_watch_finds_sessions_that_ended_without_a_word(live_world):
    anas, claras = live_world.open(Page(ANA, checked_at=0.0), Page(CLARA, checked_at=0.0))
    anas.tend = claras.tend = lambda _: None
    del live_world.going[11]

    live_world.delivery._look_after([anas, claras])

    assert (anas.code, claras.code) == (SESSION_ENDED, None)


def test_when_the_server_ends_every_page_is_told_to_come_back(live_world):
    [anas] = live_world.open(Page(ANA))
    anas.tend = lambda _: None
    live_world.delivery.is_ending = lambda: True

    live_world.delivery._look_after([anas])

    assert anas.code == RESTART


def test_too_many_events_become_one_question(live_world):
    [anas] = live_world.open(Page(ANA))

    live_world.delivery.take([SAID] * 10_001)

    assert anas.got == [NUDGE]


def since(number: str, talk: str = "a", to: frozenset[int] = SAID.to) -> Event:
    return Event("said", to, {"talk": talk, "since": number})


def test_of_news_that_wait_and_differ_in_a_number_alone_the_earliest_is_shown_once():
    signal, spoilt = Event("signal", SAID.to, {"since": "1"}), since("?")
    waiting = [since("9"), signal, since("7", "b"), since("8"), signal, since("10"), spoilt]
    fewer = since("9", to=frozenset({1}))

    found = merged([*waiting, spoilt, fewer], {"said": "since"})

    assert found == [since("8"), signal, since("7", "b"), signal, spoilt, spoilt, fewer]


def test_all_that_waits_is_taken_together(live_world):
    live_world.open(Page(ANA), Page(CLARA))

    live_world.delivery.take([since("2"), since("1")])

    assert live_world.delivery._next() == [since("2"), since("1")]


def test_places_are_counted_and_given_back():
    switchboard = Switchboard(7)

    own = [switchboard.take_place(1) for _ in range(SOCKETS_PER_ACCOUNT + 1)]
    others = [switchboard.take_place(2) for _ in range(3)]
    switchboard.give_back(1)

    assert own == [None] * SOCKETS_PER_ACCOUNT + ["too many"]
    assert others == [None, None, "full"]
    assert switchboard.take_place(2) is None
