"""The cast's clinic on SQLite and on PostgreSQL; a portal whose captcha is quickly solved."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from clinicweb.core import db
from tests.accounts.helped import clinic_file
from tests.booking.conftest import clinic
from tests.pages import make_app

__all__ = ["clinic"]


@pytest.fixture
def app(clinic_url: str, tmp_path: Path) -> Iterator[Flask]:
    rules = clinic_file(tmp_path, "[captcha]\nwork = 1000\n")
    app = make_app(clinic_url, tmp_path, clinic=rules)
    yield app
    db.current().dispose()
