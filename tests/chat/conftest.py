"""The cast's clinic on SQLite and on PostgreSQL, and its people."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from clinicweb.core import db
from clinicweb.core.db import Database
from clinicweb.core.viewer import Viewer
from tests.accounts.helped import clinic_file
from tests.booking.conftest import clinic
from tests.chat.talking import CHAT
from tests.chat.world import viewer_of
from tests.pages import make_app

__all__ = ["clinic"]


@pytest.fixture
def app(clinic_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A portal whose patients write to those with whom they have an hour."""
    app = make_app(clinic_url, tmp_path, clinic=clinic_file(tmp_path, CHAT))
    yield app
    db.current().dispose()


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
