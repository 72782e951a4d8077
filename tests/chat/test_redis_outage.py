"""
T26: Redis stops under load, and comes back.

Who writes and who listens have services of their own, as at scale: whatever is written comes to the
other through Redis, or through the database.
"""

import http.client
import json
import os
import threading
import time
from contextlib import closing, suppress
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest

from clinicweb.chat.models import WITH_PATIENT
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core import clock, db
from clinicweb.core.ids import new_public_id
from clinicweb.video.models import Call
from clinicweb.video.policy import RINGING
from tests.accounts.helped import clinic_file
from tests.booking.crowd import SETTINGS, Browser, gather
from tests.chat.world import open_between
from tests.live.people import form_token, listen

CLINIC = '[chat]\nis_on = true\nopens = "always"\nmessages_per_minute = 100000\n'
AWAY_SECONDS = 60 if os.environ.get("PROVE") else 6
READERS = 4
LEAST_SUCCESS = 0.99
# Of an account, before its owner and everybody else waits.
FREE = SignIn().free_failures
# On a machine that does much else it is late, not lost.
SOON_SECONDS = 5 if os.environ.get("PROVE") == "full" else 15


class Load:
    """People who open pages one after the other, as fast as they come; *statuses* of all."""

    def __init__(self, url, members, path):
        self.statuses, self._stop = [], threading.Event()
        work = [threading.Thread(target=self._read, args=(url, one, path)) for one in members]
        self._threads = work

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _read(self, url, member, path):
        browser = Browser(url, member)
        while not self._stop.is_set():
            self.statuses.append(browser.get(path).status)
            self._stop.wait(0.02)
        browser.close()


@pytest.fixture
def services(serve, postgres_clinic_url, redis_server, tmp_path):
    """Of pages, and of sockets; people, of whom two are in a conversation; and it."""
    database = db.Database(postgres_clinic_url)
    db.configure(database)
    people = gather(2 + READERS)
    conversation = open_between(people[:2], WITH_PATIENT)
    settings = SETTINGS | {
        "DATABASE_URL": postgres_clinic_url, "REDIS_URL": redis_server.url,
        "CLINIC": clinic_file(tmp_path, CLINIC),
    }  # fmt: skip
    services = [serve(*command, **settings) for command in (["serve"], ["serve", "live"])]
    yield *services, people, conversation
    database.dispose()


class Guesser:
    """Somebody who tries passwords of Ana's, one after the other."""

    def __init__(self, url):
        self.url, self.statuses = url, []
        self.cookie, self.token = form_token(url, "/ingresar", "")

    @property
    def is_free(self):
        """Nobody was told to wait yet; and there is hope that it comes."""
        return 429 not in self.statuses and len(self.statuses) < 10 * FREE

    def guess(self):
        form = {"csrf_token": self.token, "identifier": "ana", "password": "no es la clave"}
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        with closing(http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)) as line:
            line.request("POST", "/ingresar", urlencode(form), headers)
            self.statuses.append(line.getresponse().status)


class Talk:
    """*late*: how long after the answer to its writer each message was there, elsewhere."""

    def __init__(self, url, member, conversation, page):
        self.path, self.page, self.late = f"/conversaciones/{conversation}", page, []
        self.browser = Browser(url, member)

    def write(self):
        text = f"said-{len(self.late)}-"
        answer = self.browser.post(self.path, key=new_public_id(), text=text)
        assert answer.status == 303, answer
        self.late.append(hear(self.page, text))


def hear(page, words, seconds=30):
    """How long it takes until *words* come."""
    began = time.monotonic()
    while words not in page.recv(timeout=began + seconds - time.monotonic()):
        pass
    return time.monotonic() - began


def ring(caller, callee):
    """As another process would: nothing but the row tells of it."""
    now = clock.now()
    call = Call(
        public_id=new_public_id(), patient_id=callee.viewer.patient_id, status=RINGING,
        caller_id=caller.viewer.account_id, callee_id=callee.viewer.account_id,
        asked_at=now, deadline_at=now + timedelta(minutes=10),
    )  # fmt: skip
    with db.current().writing() as session:
        session.add(call)


def seconds_until_back(page, elsewhere, conversation):
    """Until what no database knows is heard through Redis: that somebody types."""
    began = time.monotonic()
    while time.monotonic() < began + 60:
        elsewhere.send(json.dumps({"live": "chat.is_typing", "conversation": conversation}))
        with suppress(TimeoutError):
            hear(page, "escribiendo", seconds=0.25)
            break
    return time.monotonic() - began


def test_without_redis_pages_are_served_messages_arrive_and_guessing_stays_limited(
    services, redis_server, record_property
):
    pages, sockets, (writer, reader, *others), conversation = services
    guesser = Guesser(pages.url)
    with listen(sockets.url, reader.cookie) as page:
        talk = Talk(pages.url, writer, conversation, page)
        talk.write()
        with Load(pages.url, others, "/conversaciones") as load:
            redis_server.kill()
            began = time.monotonic()
            while time.monotonic() < began + AWAY_SECONDS or guesser.is_free:
                talk.write()
                guesser.guess()
            minutes = (time.monotonic() - began) / 60
            ring(others[0], reader)
            rung_seconds = hear(page, "le llama por video")
            redis_server.start()
            with listen(pages.url, writer.cookie) as elsewhere:
                recovered_seconds = seconds_until_back(page, elsewhere, conversation)
            talk.write()
        talk.browser.close()

    good = load.statuses.count(200) / len(load.statuses)
    for name, value in {
        "requests": len(load.statuses), "messages": len(talk.late), "away_seconds": AWAY_SECONDS,
        "success_percent": round(100 * good, 2), "latest_seconds": round(max(talk.late), 2),
        "recovered_seconds": round(recovered_seconds, 2), "rung_seconds": round(rung_seconds, 2),
    }.items():  # fmt: skip
        record_property(name, value)
    assert good >= LEAST_SUCCESS
    assert max(talk.late) <= SOON_SECONDS
    assert recovered_seconds <= SOON_SECONDS
    assert rung_seconds <= SOON_SECONDS
    assert guesser.statuses[:FREE] == [422] * FREE
    assert 429 in guesser.statuses
    # After each minute there is one more.
    assert guesser.statuses.count(422) <= FREE + 1 + minutes
