"""T35 at size: a damaged line among a million.  ``PROVE`` asks for the million."""

import os
import time
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from clinicweb.audit import chain
from clinicweb.audit.chain import Head, head_from
from clinicweb.audit.models import AuditEvent
from clinicweb.audit.sealing_actions import seal
from clinicweb.audit.verifying import verify
from clinicweb.core import db
from clinicweb.core.db import Database
from tests.audit.journal import change, insertion, removal, tamper

LINE = """
INSERT INTO audit_event (id, at, actor_name, action, record_type, record_id, detail)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
MANY = 1_000_000 if os.environ.get("PROVE") else 3_000


def test_a_head_is_written_and_read():
    head = Head(12, "a1" * 32)

    assert head_from(f" {head}\n") == head
    for wrong in ("", "3", "0:" + "a" * 64, "3:" + "A" * 64, "3:abc"):
        with pytest.raises(ValueError, match="no head"):
            head_from(wrong)


def test_each_part_of_a_line_is_in_its_digest():
    row = {
        "id": 1,
        "at": datetime.fromisoformat("2026-03-03T12:00:00+00:00"),
        "account_id": 2,
        "actor_name": "Ana",
        "action": "a.b",
        "record_type": "appointment",
        "record_id": "x",
        "patient_id": 3,
        "detail": {"a": 1},
    }
    other = {
        "id": 9,
        "at": row["at"] + timedelta(microseconds=1),
        "account_id": None,
        "actor_name": "Ana ",
        "action": "a.c",
        "record_type": "x",
        "record_id": "appointment",
        "patient_id": None,
        "detail": {"a": "1"},
    }
    digests = {chain.digest_of(SimpleNamespace(**row | {key: other[key]})) for key in other}

    assert chain.digest_of(SimpleNamespace(**row)) not in digests
    assert len(digests) == len(row) == len(AuditEvent.__table__.columns)


def test_one_altered_one_removed_one_inserted_among_many(sqlite_url, record_property):
    db.configure(Database(sqlite_url))
    # By the driver: a million rows of an ORM take longer than all that is measured here.
    rows = (
        (2 * n, "2026-03-03 12:00:00.000000", "Ana", "a.b", "r", "1", f'{{"n": {n}}}')
        for n in range(1, MANY + 1)
    )
    with db.current().write_engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.executemany(LINE, rows)
    began = time.monotonic()
    assert seal() == MANY
    record_property("sealing_seconds", round(time.monotonic() - began, 1))
    tamper(
        change(2000, "record_id = '2'"),
        removal(4000),
        insertion(3001),
    )

    began = time.monotonic()
    found = verify().findings

    record_property("verifying_seconds", round(time.monotonic() - began, 1))
    record_property("rows", MANY)
    assert {(one.kind, one.event_id) for one in found} == {
        ("changed", 2000),
        ("removed", 4000),
        ("inserted", 3001),
    }
    db.current().dispose()
