"""
The very server with something live in it.

Fixture ``portal``: one for a file of tests; ``cookies`` are those of Ana and Clara in it.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import ANA, CLARA
from tests.live.people import signed_in
from tests.server import PortalServer
from tests.services.process import tail

# Few, so that a test can fill them.
SOCKETS = 8


class LivePortal(PortalServer):
    """``clinicweb serve`` with the board of ``played``."""

    MAIN = f"from tests.live import played; played.install(); {PortalServer.MAIN}"


@pytest.fixture(scope="module")
def portal(
    tmp_path_factory: pytest.TempPathFactory, owner_lock: Path, filled_template: Path
) -> Iterator[LivePortal]:
    folder = tmp_path_factory.mktemp("live")
    shutil.copyfile(filled_template, folder / "clinicweb.db")
    settings = {"LIVE_SOCKETS": str(SOCKETS), "RATE_LIMIT": "1000000 per minute"}
    served = LivePortal(folder, owner_lock=owner_lock, command=("serve",), settings=settings)
    served.start()
    yield served
    served.stop()
    # Whatever was done to it: no thread of the server failed unasked.
    assert "Traceback" not in tail(served.log)


@pytest.fixture(scope="module")
def cookies(portal: LivePortal) -> dict[str, str]:
    return {person.username: signed_in(portal.url, person) for person in (ANA, CLARA)}
