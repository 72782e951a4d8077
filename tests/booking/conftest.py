"""The cast's clinic, on SQLite and on PostgreSQL, without a portal around it."""

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinicweb import models  # noqa: F401  all tables, before the first query
from clinicweb.accounts.models import Account
from clinicweb.core.db import Database, configure
from clinicweb.core.viewer import Viewer
from tests.booking.crowd import SETTINGS
from tests.booking.world import change, viewer_of
from tests.server import SERVERS, PortalServer
from tests.services.postgres import Cluster

_numbers = itertools.count(1)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared_url(
    request: pytest.FixtureRequest, worker_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """As ``any_clinic_url``, but one for all tests of a file: each leaves its hours behind."""
    if request.param == "sqlite":
        template = request.getfixturevalue("filled_template")
        copy = tmp_path_factory.mktemp("shared") / "clinic.db"
        yield f"sqlite:///{shutil.copyfile(template, copy)}"
        return
    filled = request.getfixturevalue("filled_postgres")
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    with cluster.database(f"shared_{worker_name}_{next(_numbers)}", template=filled) as url:
        yield url


@pytest.fixture(scope="module")
def shared_server(
    request: pytest.FixtureRequest,
    shared_url: str,
    owner_lock: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[PortalServer]:
    """
    The portal on ``shared_url``: to start one takes longer than what most tests do with it.

    A file's function ``served`` (of a folder) gives settings of its own.
    """
    database = Database(shared_url)
    configure(database)
    folder = tmp_path_factory.mktemp("server")
    more = request.module.served(folder) if hasattr(request.module, "served") else {}
    settings = {"DATABASE_URL": shared_url, **SETTINGS, **more}
    server = PortalServer(folder, owner_lock=owner_lock, command=("serve",), settings=settings)
    server.start()
    yield server
    server.kill()
    database.dispose()


@pytest.fixture
def portal(request: pytest.FixtureRequest, shared_server: PortalServer) -> PortalServer:
    request.node.stash[SERVERS] = [shared_server]
    return shared_server


@pytest.fixture
def clinic(any_clinic_url: str) -> Iterator[Database]:
    """The database with the cast in it; the test runs once on each kind."""
    database = Database(any_clinic_url)
    configure(database)
    yield database
    database.dispose()


@pytest.fixture
def ana(clinic: Database) -> Viewer:
    return viewer_of("Ana")


@pytest.fixture
def clara(clinic: Database) -> Viewer:
    return viewer_of("Clara")


@pytest.fixture
def dora(clinic: Database) -> Viewer:
    """Another who can come in."""
    change(Account, Account.name == "Dora", is_active=True)
    return viewer_of("Dora")
