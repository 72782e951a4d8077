"""The cast's clinic with a family in it, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from clinicweb import models  # noqa: F401  all tables, before the first query
from clinicweb.core.db import Database, configure
from clinicweb.core.viewer import Viewer
from tests.booking.world import viewer_of
from tests.family.world import fill_family


@pytest.fixture
def clinic(any_clinic_url: str) -> Iterator[Database]:
    database = Database(any_clinic_url)
    configure(database)
    with database.writing() as session:
        fill_family(session)
    yield database
    database.dispose()


@pytest.fixture
def ana(clinic: Database) -> Viewer:
    return viewer_of("Ana")


@pytest.fixture
def clara(clinic: Database) -> Viewer:
    return viewer_of("Clara")
