"""The cast's clinic on SQLite and on PostgreSQL, and its people."""

import pytest

from clinicweb.core.db import Database
from clinicweb.core.viewer import Viewer
from tests.booking.conftest import any_clinic_url, clinic, filled_postgres
from tests.chat.world import viewer_of

__all__ = ["any_clinic_url", "clinic", "filled_postgres"]


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
