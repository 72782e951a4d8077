"""
No page of booking reads a table that grows with the clinic without an index: on both databases.

The benchmark's own walks, in a clinic of its kind that is small; so these are tried here as well.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import has_request_context
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from bench.big_clinic import Size, fill
from bench.booking_walks import WALKS, Clinics
from clinicweb.core import db

TINY = Size("tiny", practitioners=8, busiest=3, services=4, sites=3, days=10)
GROWING = ("slot", "appointment", "web_quota")
ALIAS = re.compile(r"\b(?:slot|appointment|web_quota) AS (\w+)")


@contextmanager
def executed(engine: Engine) -> Iterator[dict[str, Any]]:
    """Each statement that *engine* executes for a page meanwhile, with its parameters."""
    found: dict[str, Any] = {}

    def note(_connection: Connection, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        is_read = statement.startswith(("SELECT", "WITH", "UPDATE")) and not isinstance(given, list)
        if is_read and has_request_context():
            found[statement] = given

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def whole_reads(connection: Any, statement: str, given: Any, *, is_sqlite: bool) -> list[str]:
    """The growing tables that *statement* goes through from end to end."""
    if not is_sqlite:
        cursor = connection.cursor()
        [[plan]] = cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", given).fetchall()
        return list(_without_condition(plan if isinstance(plan, list) else json.loads(plan)))
    names = {*GROWING, *ALIAS.findall(statement)}
    lines = connection.execute(f"EXPLAIN QUERY PLAN {statement}", given).fetchall()
    scans = (str(line[3]) for line in lines if str(line[3]).startswith("SCAN"))
    return [scan for scan in scans if scan.split()[1] in names]


def _without_condition(node: Any) -> Iterator[str]:
    for one in node if isinstance(node, list) else node.values():
        if isinstance(one, dict | list):
            yield from _without_condition(one)
    if isinstance(node, dict) and _is_whole(node):
        yield f"{node['Node Type']} on {node['Relation Name']}"


def _is_whole(node: dict[str, Any]) -> bool:
    is_scan = node.get("Node Type") in ("Seq Scan", "Index Scan", "Index Only Scan")
    return is_scan and node["Relation Name"] in GROWING and "Index Cond" not in node


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_no_page_reads_hours_or_appointments_from_end_to_end(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, record_property: Any
):
    url = request.getfixturevalue(f"{kind}_url")
    database = db.Database(url)
    fill(database, TINY)
    database.dispose()
    clinics = Clinics(url, tmp_path)

    with executed(db.current().read_engine) as read, executed(db.current().write_engine) as written:
        asked = [one for name in WALKS for one in clinics.walk(name)]

    raw: Any = db.current().write_engine.raw_connection()
    if kind == "postgres":  # in a small table reading all of it is right: only what it must read
        for way in ("seqscan", "hashjoin", "mergejoin"):
            raw.cursor().execute(f"SET enable_{way} = off")
    found = {
        statement: whole
        for statement, given in {**read, **written}.items()
        if (whole := whole_reads(raw, statement, given, is_sqlite=kind == "sqlite"))
    }
    raw.close()
    db.current().dispose()
    record_property("statements", len(read) + len(written))
    assert found == {}
    assert len({one.page for one in asked}) > 50
