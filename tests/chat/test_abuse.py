"""T07, T21: another's conversation, and files without end, at the doors of a real server."""

import contextlib
import http.client
import json
import shutil
import socket
import time
from urllib.parse import urlsplit

import pytest

from clinicweb.chat.models import WITH_PATIENT
from clinicweb.core import db
from clinicweb.core.ids import new_public_id
from tests.accounts.helped import clinic_file
from tests.booking.crowd import SETTINGS, gather
from tests.chat.world import messages, open_between
from tests.live.hostile import resident
from tests.live.people import listen
from tests.server import PortalServer

MB = 1024 * 1024
CLINIC = '[chat]\nis_on = true\nopens = "always"\nshows_online = true\n'
WHAT = ["chat.send", "chat.seen", "chat.is_typing", "chat.online"]


@pytest.fixture(scope="module")
def served(tmp_path_factory, owner_lock, filled_template):
    folder = tmp_path_factory.mktemp("talks")
    shutil.copyfile(filled_template, folder / "clinicweb.db")
    settings = SETTINGS | {"CLINIC": clinic_file(folder, CLINIC)}
    portal = PortalServer(folder, owner_lock=owner_lock, command=("serve",), settings=settings)
    portal.start()
    yield portal
    portal.stop()


@pytest.fixture
def world(served):
    """A portal; two and another two; the conversations of the first and of the others."""
    database = db.Database(f"sqlite:///{served.log.parent / 'clinicweb.db'}")
    db.configure(database)
    people = gather(4)
    yield served, people, [open_between(pair, WITH_PATIENT) for pair in (people[:2], people[2:])]
    database.dispose()


def say(page, what, conversation):
    fields = {"key": new_public_id(), "text": "Hola", "number": "1"}
    page.send(json.dumps({"live": what, "conversation": conversation} | fields))


def test_a_socket_does_nothing_in_anothers_conversation_and_goes_on_in_its_own(
    world, record_property
):
    portal, (ana, _diaz, clara, _soto), (hers, claras) = world
    with listen(portal.url, ana.cookie) as page, listen(portal.url, clara.cookie) as listening:
        for conversation in (claras, new_public_id(), "../x", ""):
            for what in WHAT:
                say(page, what, conversation)
                assert json.loads(page.recv(timeout=60))["live"] == "failed", what
        say(page, "chat.send", hers)
        own = page.recv(timeout=60)
        say(listening, "chat.send", claras)
        heard = listening.recv(timeout=60)

    record_property("refused", 4 * len(WHAT))
    assert f"messages-{hers}" in own
    # What came first is Clara's own: nothing of Ana's was before it.
    assert f"messages-{claras}" in heard
    assert [len(messages(one)) for one in (hers, claras)] == [1, 1]


def test_a_hundred_megabytes_are_refused_and_not_kept(world, record_property):
    portal, (ana, *_others), (hers, _claras) = world
    before = resident(portal)

    began = time.monotonic()
    statuses = [upload(portal, cookie, hers, 100 * MB) for cookie in (ana.cookie, "")]
    seconds = time.monotonic() - began

    grown = resident(portal) - before
    record_property("grown_megabytes", round(grown / MB, 1))
    record_property("refused_after_seconds", round(seconds, 2))
    assert set(statuses) <= {413, 0}
    assert grown <= 64 * MB
    left = [path for path in portal.log.parent.rglob("*") if path.stat().st_size > 5 * MB]
    assert left == []
    assert messages(hers) == []


def upload(portal, cookie, conversation, size):
    """The status of the answer; 0 when the line was cut while the file was under way."""
    with contextlib.closing(http.client.HTTPConnection(urlsplit(portal.url).netloc)) as line:
        line.putrequest("POST", f"/conversaciones/{conversation}/archivos")
        line.putheader("Cookie", cookie)
        line.putheader("Origin", portal.url)
        line.putheader("Content-Type", "multipart/form-data; boundary=b")
        line.putheader("Content-Length", str(size))
        line.endheaders()
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        line.sock.settimeout(60)
        with contextlib.suppress(OSError):
            line.send(head)
            for _ in range(size // MB):
                line.send(bytes(MB))
            line.sock.shutdown(socket.SHUT_WR)
        try:
            return line.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
