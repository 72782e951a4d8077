"""The contents of a database as one word: equal words, nothing changed."""

import hashlib
import sqlite3
from contextlib import closing

from sqlalchemy import select

from clinicweb.core import db
from clinicweb.models import metadata

# Written on a GET too, and nobody's record.
IGNORED_COLUMNS = {("login_session", "last_seen_at"), ("contact_message", "read_at")}

# Who looks at something clinical leaves a line, on a GET too.
LOOKED = "%.read"

# Counted even when the act is refused.
COUNTERS = frozenset({"attempt_counter"})


def digest(without: frozenset[str] = frozenset()) -> str:
    """All rows of all tables but those *without*, and but the ignored columns."""
    word = hashlib.sha256()
    with db.reading() as session:
        for table in metadata.sorted_tables:
            if table.name in without:
                continue
            columns = [c for c in table.columns if (table.name, c.name) not in IGNORED_COLUMNS]
            query = select(*columns).order_by(*table.primary_key.columns)
            if table.name == "audit_event":
                query = query.where(table.c.action.not_like(LOOKED))
            rows = session.execute(query)
            word.update(repr((table.name, [tuple(row) for row in rows])).encode())
    return word.hexdigest()


class Snapshot:
    """A copy of a SQLite database, to go back to after a request that changed it."""

    def __init__(self, url: str) -> None:
        self._file = url.removeprefix("sqlite:///")
        self._copy = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self._file)) as live:
            live.backup(self._copy)
        self._digest = digest()
        self._records = digest(COUNTERS)
        self._watch = sqlite3.connect(self._file)
        self._version = self._present_version()

    def restore(self) -> None:
        if self._present_version() != self._version:
            with closing(sqlite3.connect(self._file)) as live:
                self._copy.backup(live)
            self._version = self._present_version()

    def is_unchanged(self) -> bool:
        return self._present_version() == self._version or digest() == self._digest

    def has_the_same_records(self) -> bool:
        """Nothing changed, unless a counter of attempts."""
        return digest(COUNTERS) == self._records

    def _present_version(self) -> int:
        """A number that changes with every commit of anybody else."""
        version: int = self._watch.execute("PRAGMA data_version").fetchone()[0]
        return version
