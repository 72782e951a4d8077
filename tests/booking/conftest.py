"""The cast's clinic, on SQLite and on PostgreSQL, without a portal around it."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinicweb import models  # noqa: F401  all tables, before the first query
from clinicweb.accounts.models import Account
from clinicweb.core.db import Database, configure
from clinicweb.core.viewer import Viewer
from tests.booking.world import change, viewer_of
from tests.pages import fill_database
from tests.services.postgres import Cluster
from tests.services.process import locked

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def filled_postgres(postgres_cluster: Cluster, postgres_template: str, services_run: Path) -> str:
    """The name of a database with the cast in it, to copy."""
    name, unfinished = "with_cast", "with_cast_unfinished"
    with locked(services_run / "with_cast.busy"):
        if not postgres_cluster.has(name):
            postgres_cluster.run("DROP DATABASE IF EXISTS {}", unfinished)
            postgres_cluster.run("CREATE DATABASE {} TEMPLATE {}", unfinished, postgres_template)
            fill_database(postgres_cluster.url(unfinished))
            postgres_cluster.run("ALTER DATABASE {} RENAME TO {}", unfinished, name)
    return name


@pytest.fixture(params=["sqlite", "postgres"])
def any_clinic_url(request: pytest.FixtureRequest, worker_name: str) -> Iterator[str]:
    """As everywhere, but the cast is copied in, not written anew."""
    if request.param == "sqlite":
        yield request.getfixturevalue("clinic_url")
        return
    filled = request.getfixturevalue("filled_postgres")
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    with cluster.database(f"clinic_{worker_name}_{next(_numbers)}", template=filled) as url:
        yield url


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
