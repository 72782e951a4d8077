"""What is announced is published once, and only what was committed."""

import pytest
from sqlalchemy import delete

from clinicweb.core import db, events
from clinicweb.core.events import Event
from clinicweb.core.limits import AttemptCounter
from clinicweb.core.viewer import SYSTEM


@pytest.fixture
def published(app):
    told = []

    class Hub:
        def publish(self, some):
            told.extend(some)

    events.use(Hub())
    yield told
    events.use(None)


HOLA = Event("test.said", frozenset({1}), {"text": "hola"})


def test_an_event_is_published_after_its_commit_and_once(published):
    with db.bookkeeping() as session:
        events.announce(session, HOLA)
        before = list(published)
    with db.bookkeeping():
        pass

    assert before == []
    assert published == [HOLA]


def change_without_a_line_in_the_journal():
    with db.transaction(SYSTEM) as session:
        events.announce(session, HOLA)
        session.execute(delete(AttemptCounter))


def test_what_was_rolled_back_is_never_published(published):
    with pytest.raises(db.MissingAudit):
        change_without_a_line_in_the_journal()

    assert published == []


def test_a_signal_is_published_at_once(published):
    events.signal(HOLA)

    assert published == [HOLA]


def test_without_a_hub_nobody_is_told_and_nothing_fails(app):
    events.use(None)

    events.signal(HOLA)
