"""
What the tests of the import may ask for.

- ``write``: ``write(sites="…")`` puts a CSV file into a folder of the test, and returns the folder;
- ``database``: an empty clinic's database, the test runs once on SQLite and once on PostgreSQL;
- ``run``: imports paths into it, as the command does;
- ``today``: Monday 2 March 2026, nine in the morning in Santiago, for the whole test.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinicweb.clinic.rules import load_rules
from clinicweb.core import clock, db
from clinicweb.imports.actions import Summary
from clinicweb.imports.running import import_paths

Write = Callable[..., Path]
Run = Callable[..., Summary]

SYNTHEA = Path(__file__).parent.parent / "data" / "synthea"
MONDAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    folder = tmp_path / "import"

    def write_files(**files: str) -> Path:
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
        return folder

    return write_files


@pytest.fixture
def today() -> Iterator[datetime]:
    with clock.frozen(MONDAY):
        yield MONDAY


@pytest.fixture
def database(database_url: str) -> Iterator[db.Database]:
    found = db.Database(database_url)
    db.configure(found)
    yield found
    found.dispose()


@pytest.fixture
def run(database: db.Database, today: datetime) -> Run:
    rules = load_rules("teleconsulta")

    def import_them(*paths: Path, is_dry_run: bool = False) -> Summary:
        return import_paths(paths, rules, is_dry_run=is_dry_run)

    return import_them
