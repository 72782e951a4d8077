"""
The servers that tests use: started on free ports when first asked for, gone when the run ends.

Fixtures:

- ``sqlite_url``, ``postgres_url``: a migrated, empty database for this test alone;
  ``database_url``: the test runs once on each;
- ``blank_sqlite_url``, ``blank_postgres_url``: a database before its first migration;
- ``postgres_cluster``: the run's cluster, where ``cluster.database(name)`` makes more databases;
- ``redis_url``: an empty Redis; ``redis_server``: the same, to stop, kill and start;
- ``mail_server``: an SMTP server that remembers, to stop, start and make refuse;
- ``sms_gateway``: the same for text messages;
- ``owner_lock``: for ``start_cluster`` and others that a test wants for itself.
"""

import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.services.gateway import SmsGateway
from tests.services.mail import MailServer
from tests.services.postgres import TEMPLATE, Cluster, shared_cluster, wait_until_gone
from tests.services.process import Owner, locked, run_folder

if TYPE_CHECKING:
    from tests.services.redis import RedisServer

RUN = pytest.StashKey[Path]()
OWNER = pytest.StashKey[Owner]()
_numbers = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    worker: dict[str, str] | None = getattr(config, "workerinput", None)
    run = Path(worker["services_run"]) if worker else run_folder()
    name = worker["workerid"] if worker else "controller"
    config.stash[RUN] = run
    config.stash[OWNER] = Owner(run / f"{name}.lock")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:  # type: ignore[no-untyped-def]
    node.workerinput["services_run"] = str(node.config.stash[RUN])


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[OWNER].leave()
    if not hasattr(config, "workerinput"):
        wait_until_gone(config.stash[RUN])
        shutil.rmtree(config.stash[RUN], ignore_errors=True)


@pytest.fixture(scope="session")
def services_run(pytestconfig: pytest.Config) -> Path:
    return pytestconfig.stash[RUN]


@pytest.fixture(scope="session")
def owner_lock(pytestconfig: pytest.Config) -> Path:
    return pytestconfig.stash[OWNER].lock_path


@pytest.fixture(scope="session")
def worker_name(pytestconfig: pytest.Config) -> str:
    return pytestconfig.stash[OWNER].lock_path.stem


@pytest.fixture(scope="session")
def postgres_cluster(services_run: Path) -> Cluster:
    with locked(services_run / "postgres.busy"):
        return shared_cluster(services_run)


@pytest.fixture(scope="session")
def postgres_template(services_run: Path, postgres_cluster: Cluster) -> str:
    """The name of a migrated, empty database to copy."""
    with locked(services_run / "postgres.busy"):
        if not postgres_cluster.has(TEMPLATE):
            _migrate_template(postgres_cluster)
    return TEMPLATE


def _migrate_template(cluster: Cluster) -> None:
    from clinicweb.core.migrate import upgrade  # the services themselves need no product

    unfinished = f"{TEMPLATE}_unfinished"
    cluster.run("DROP DATABASE IF EXISTS {}", unfinished)
    cluster.run("CREATE DATABASE {}", unfinished)
    upgrade(cluster.url(unfinished))
    cluster.run("ALTER DATABASE {} RENAME TO {}", unfinished, TEMPLATE)


@pytest.fixture
def postgres_url(
    postgres_cluster: Cluster, postgres_template: str, worker_name: str
) -> Iterator[str]:
    name = f"test_{worker_name}_{next(_numbers)}"
    with postgres_cluster.database(name, template=postgres_template) as url:
        yield url


@pytest.fixture
def blank_postgres_url(postgres_cluster: Cluster, worker_name: str) -> Iterator[str]:
    with postgres_cluster.database(f"test_{worker_name}_{next(_numbers)}") as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(services_run: Path) -> Path:
    """A migrated, empty database file to copy."""
    template = services_run / "template.db"
    with locked(services_run / "sqlite.busy"):
        if not template.exists():
            _migrate_file(template)
    return template


def _migrate_file(template: Path) -> None:
    from clinicweb.core.migrate import upgrade  # the services themselves need no product

    unfinished = template.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    upgrade(f"sqlite:///{unfinished}")
    # A copy of the main file alone would lose what is still in the write-ahead log.
    with closing(sqlite3.connect(unfinished)) as source, closing(sqlite3.connect(template)) as copy:
        source.backup(copy)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'clinic.db')}"


@pytest.fixture
def blank_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'blank.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def _redis(services_run: Path, owner_lock: Path, worker_name: str) -> Iterator["RedisServer"]:
    from tests.services.redis import RedisServer  # spares the import to those who need none

    server = RedisServer(services_run / f"redis-{worker_name}", owner_lock=owner_lock)
    yield server
    server.stop()


@pytest.fixture
def redis_server(_redis: "RedisServer") -> "RedisServer":
    """Running and empty at the start of each test, whatever the one before did to it."""
    if not _redis.is_ready():
        _redis.start()
    _redis.empty()
    return _redis


@pytest.fixture
def redis_url(redis_server: "RedisServer") -> str:
    return redis_server.url


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def sms_gateway() -> Iterator[SmsGateway]:
    gateway = SmsGateway()
    gateway.start()
    yield gateway
    gateway.stop()
