"""A server told to stop: its pages are told to come back, and nobody keeps it from ending."""

import http.client
import shutil
import time
from urllib.parse import urlsplit

import pytest

from tests.cast import ANA
from tests.live.conftest import LivePortal
from tests.live.hostile import closing_code, raw
from tests.live.people import listen, signed_in
from tests.services.keeper import GRACE_SECONDS
from tests.services.process import tail


@pytest.fixture
def portal(tmp_path, owner_lock, filled_template):
    shutil.copyfile(filled_template, tmp_path / "clinicweb.db")
    served = LivePortal(tmp_path, owner_lock=owner_lock, command=("serve",), settings={})
    served.start()
    yield served
    served.stop()


def test_a_server_ends_soon_whoever_is_still_there(portal, record_property):
    cookie = signed_in(portal.url, ANA)
    idle = http.client.HTTPConnection(urlsplit(portal.url).netloc)
    idle.request("GET", "/salud")
    idle.getresponse().read()
    with listen(portal.url, cookie) as page, listen(portal.url, cookie) as deaf:
        raw(deaf).setblocking(True)

        began = time.monotonic()
        portal.stop()
        seconds = time.monotonic() - began

        assert closing_code(page) == 1012
    idle.close()
    record_property("stopped_after_seconds", round(seconds, 2))
    # A keeper whose server is still there after twenty seconds kills it.
    assert "Shutting down: Master" in tail(portal.log)
    assert seconds < GRACE_SECONDS
