"""The cast's clinic with calls; races are run on both databases."""

from collections.abc import Iterator

import pytest

from clinicweb import models  # noqa: F401  all tables, before the first query
from clinicweb.core.db import Database, configure
from clinicweb.core.viewer import Viewer
from tests.chat.world import open_with, viewer_of


@pytest.fixture
def clinic(clinic_url: str) -> Iterator[Database]:
    database = Database(clinic_url)
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
def diaz(clinic: Database) -> Viewer:
    return viewer_of("Diaz")


@pytest.fixture
def soto(clinic: Database) -> Viewer:
    return viewer_of("Soto")


@pytest.fixture
def talk(ana: Viewer) -> str:
    """Ana's conversation with Dr. Díaz."""
    return open_with(ana)
