"""
Does a large clinic make its patients wait?  Every booking page at two sizes, asked in turn.

``make bench-booking`` fills, on SQLite and on PostgreSQL, a clinic of 10 practitioners and one of
1,000 with four million hours, walks all the ways to an hour in both, and prints for each request
its queries, its median time at the server and the ratio.  Target: twice at most.

    python -m bench.booking_scale [-n ROUNDS] [--practitioners N] [--way PRESET] [sqlite] [postgres]
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from bench.big_clinic import LARGE, SMALL, Size, fill
from bench.booking_walks import WALKS, Asked, Clinics
from bench.throughput import postgres_server
from clinicweb.core import db, migrate

MOST = 2.0
BUDGET = 8  # queries of a page
# Below that the clock of a busy machine says more than the page.
_LEAST_DIFFERENCE = 0.002


@dataclass
class Row:
    """What was measured of one request; seconds at both sizes."""

    queries: int = 0
    small: list[float] = field(default_factory=list)
    large: list[float] = field(default_factory=list)

    @property
    def medians(self) -> tuple[float, float]:
        return median(self.small), median(self.large)

    @property
    def ratio(self) -> float:
        small, large = self.medians
        return large / small

    @property
    def is_within(self) -> bool:
        small, large = self.medians
        return self.ratio <= MOST or large - small < _LEAST_DIFFERENCE


class Walker:
    """A process with the portal on one clinic; it walks when it is told to."""

    def __init__(self, url: str) -> None:
        processes = multiprocessing.get_context("spawn")
        self._line, theirs = processes.Pipe()
        self._process = processes.Process(target=_serve, args=(url, theirs), daemon=True)
        self._process.start()

    def walk(self, name: str) -> list[Asked]:
        self._line.send(name)
        found: list[Asked] = self._line.recv()
        return found

    def leave(self) -> None:
        self._line.send(None)
        self._process.join(timeout=20)


def _serve(url: str, line: Connection) -> None:
    with tempfile.TemporaryDirectory(prefix="clinicweb-bench-") as folder:
        clinics = Clinics(url, Path(folder))
        while name := line.recv():
            line.send(clinics.walk(name))
        db.current().dispose()


def measure(
    urls: Mapping[str, str], rounds: int, ways: Iterable[str] = tuple(WALKS)
) -> dict[str, Row]:
    """Both clinics in turn, now one first and now the other; the first round warms up."""
    walkers = {name: Walker(url) for name, url in urls.items()}
    rows: dict[str, Row] = defaultdict(Row)
    for way in ways:
        for number in range(rounds + 1):
            for name in [*walkers][:: -1 if number % 2 else 1]:
                asked = walkers[name].walk(way)
                if number:
                    _note(rows, name, asked)
    for walker in walkers.values():
        walker.leave()
    return rows


def _note(rows: dict[str, Row], name: str, asked: Iterable[Asked]) -> None:
    for one in asked:
        row = rows[one.page]
        row.queries = max(row.queries, one.queries)
        (row.large if name == LARGE.name else row.small).append(one.seconds)


def report(rows: Mapping[str, Row]) -> Iterator[str]:
    yield f"{'':85}{'queries':>8}{'small ms':>10}{'large ms':>10}{'ratio':>7}"
    for page, row in rows.items():
        small, large = row.medians
        mark = "" if row.is_within else "  SLOW"
        if row.queries > BUDGET and " GET " in page:
            mark += "  MANY"
        numbers = f"{row.queries:8}{small * 1000:10.1f}{large * 1000:10.1f}{row.ratio:7.2f}"
        yield f"{page:85}{numbers}{mark}"
    small, large = (sum(row.medians[place] for row in rows.values()) for place in (0, 1))
    numbers = f"{'':8}{small * 1000:10.1f}{large * 1000:10.1f}{large / small:7.2f}"
    yield f"{'all of them once':85}{numbers}"


@contextmanager
def _databases(kind: str, sizes: Sequence[Size]) -> Iterator[dict[str, str]]:
    """An empty database for each of *sizes*."""
    if kind == "postgres":
        with postgres_server() as cluster:
            for size in sizes:
                cluster.run("CREATE DATABASE {}", size.name)
            yield {size.name: cluster.url(size.name) for size in sizes}
        return
    with tempfile.TemporaryDirectory(prefix="clinicweb-bench-") as folder:
        yield {size.name: f"sqlite:///{folder}/{size.name}.db" for size in sizes}


def _fill(urls: Mapping[str, str], sizes: Sequence[Size]) -> None:
    for size in sizes:
        began = time.monotonic()
        migrate.upgrade(urls[size.name])
        database = db.Database(urls[size.name])
        fill(database, size)
        database.dispose()
        seconds = time.monotonic() - began
        told = f"{size.practitioners} practitioners, {size.hours:,} hours"
        print(f"{size.name}: {told}, written in {seconds:.0f} s", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--rounds", type=int, default=9)
    parser.add_argument("--practitioners", type=int, default=LARGE.practitioners)
    parser.add_argument("--way", choices=WALKS, action="append", help="one clinic's pages alone")
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgres"])
    asked = parser.parse_args(arguments)
    sizes = (SMALL, replace(LARGE, practitioners=asked.practitioners))
    is_slow = False
    for kind in asked.databases:
        print(f"\n{kind}")
        with _databases(kind, sizes) as urls:
            _fill(urls, sizes)
            rows = measure(urls, asked.rounds, asked.way or WALKS)
            print("\n".join(report(rows)), flush=True)
            is_slow |= not all(row.is_within for row in rows.values())
    return int(is_slow)


if __name__ == "__main__":
    sys.exit(main())
