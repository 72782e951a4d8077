"""A database for each test, on both kinds."""

from collections.abc import Iterator

import pytest

from clinicweb import models  # noqa: F401  all tables, before the first query
from clinicweb.core.db import Database, configure


@pytest.fixture
def database(any_clinic_url: str) -> Iterator[Database]:
    """With the cast in it; the test runs once on each kind."""
    database = Database(any_clinic_url)
    configure(database)
    yield database
    database.dispose()
