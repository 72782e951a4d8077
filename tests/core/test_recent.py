"""What one finds serves who looks for the same at once, in the same database, and not for long."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from clinicweb.core.db import Database, configure
from clinicweb.core.recent import Recent


@pytest.fixture(autouse=True)
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path}/one.db")
    configure(made)
    yield made
    made.dispose()


def test_of_those_who_look_at_once_one_does():
    recent, looks, start = Recent[int](60), iter(range(8)), Barrier(8)

    def look(_number: int) -> int:
        start.wait()
        return recent.get("hours", lambda: next(looks))

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(look, range(8)))

    assert found == [0] * 8


def test_what_is_too_old_is_looked_for_again():
    recent, looks = Recent[int](0), iter(range(8))

    assert [recent.get("hours", lambda: next(looks)) for _ in range(2)] == [0, 1]


def test_another_key_and_another_database_have_their_own(database: Database, tmp_path: Path):
    recent, looks, other = (
        Recent[int](60),
        iter(range(8)),
        Database(f"sqlite:///{tmp_path}/other.db"),
    )
    found = [recent.get("hours", lambda: next(looks)), recent.get("days", lambda: next(looks))]
    configure(other)

    found.append(recent.get("hours", lambda: next(looks)))
    other.dispose()
    configure(database)

    assert [*found, recent.get("hours", lambda: 9)] == [0, 1, 2, 0]


def test_who_fails_to_find_leaves_it_to_the_next():
    recent = Recent[int](60)

    with pytest.raises(ZeroDivisionError):
        recent.get("hours", lambda: 1 // 0)

    assert recent.get("hours", lambda: 7) == 7
