"""A database and an application for each test about mails."""

from collections.abc import Iterator

import pytest
from flask import Flask

from clinicweb.core.db import Database, configure
from tests.notifications.mails import make_app


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    configure(database)
    yield database
    database.dispose()


@pytest.fixture
def app() -> Iterator[Flask]:
    app = make_app()
    with app.app_context():
        yield app
