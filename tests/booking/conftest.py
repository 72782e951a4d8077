"""The cast's clinic, on SQLite and on PostgreSQL, without a portal around it."""

from collections.abc import Iterator

import pytest

from clinicweb import models  # noqa: F401  all tables, before the first query
from clinicweb.accounts.models import Account
from clinicweb.core.db import Database, configure
from clinicweb.core.viewer import Viewer
from tests.booking.world import change, viewer_of


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
