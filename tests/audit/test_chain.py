"""
T35: the journal is chained beside those who write, and whatever is done to it is found.

``PROVE`` in the environment asks for the full size.
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from clinicweb.audit import chain, sealing_actions
from clinicweb.audit.chain import Head
from clinicweb.audit.models import AuditBlock, AuditEvent
from clinicweb.audit.sealing_actions import AWAITED_FOR, find_head, seal
from clinicweb.audit.verifying import Finding, verify
from clinicweb.core import clock, db
from clinicweb.core.db import Database
from clinicweb.core.migrate import alembic_config, downgrade, upgrade
from tests.audit.journal import change, ids, insertion, removal, tamper, write

PROVE = bool(os.environ.get("PROVE"))
WRITERS, LINES = 4, 250 if PROVE else 15
ROWS = 12


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(chain, "MOST_ROWS", 5)


@pytest.fixture
def journal(database, small_blocks):
    """Twelve lines in three blocks; their ids."""
    write(range(ROWS))
    assert seal() == ROWS
    return ids()


def kinds(known: Head | None = None) -> list[tuple[str, int | None]]:
    return sorted((one.kind, one.event_id) for one in verify(known).findings)


def test_four_writers_and_a_sealer_lose_nothing(database: Database, record_property):
    with ThreadPoolExecutor(WRITERS) as writers:
        began = time.monotonic()
        parts = [writers.submit(write, range(n * LINES, (n + 1) * LINES)) for n in range(WRITERS)]
        while not all(part.done() for part in parts):
            seal()
        seconds = time.monotonic() - began
        for part in parts:
            part.result()
    seal()

    found = verify()

    assert (found.findings, found.rows, found.unsealed) == ([], WRITERS * LINES, 0)
    record_property("chained", found.rows)
    record_property("writing_seconds", round(seconds, 2))


def test_whatever_is_done_to_lines_is_found(journal, record_property):
    tamper(
        change(journal[0], "actor_name = 'Nadie'"),
        change(journal[1], "detail = NULL"),
        change(journal[2], "at = '2020-01-01 00:00:00'"),
        removal(journal[3]),
        change(journal[4], "id = -1"),
        change(journal[8], f"id = {journal[4]}"),
        change(-1, f"id = {journal[8]}"),
        insertion(-5),
        *map(removal, journal[10:]),
    )

    found = {
        ("changed", journal[0]),
        ("changed", journal[1]),
        ("changed", journal[2]),
        ("removed", journal[3]),
        ("changed", journal[4]),
        ("changed", journal[8]),
        ("inserted", -5),
        ("removed", journal[10]),
        ("removed", journal[11]),
    }
    assert set(kinds()) == found
    record_property("found", len(found))


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("UPDATE audit_block SET awaited = '[1]' WHERE number = 2", [Finding("broken", 2)]),
        ("DELETE FROM audit_block WHERE number = 2", [Finding("broken", 3)]),
    ],
)
def test_whatever_is_done_to_the_chain_is_found(journal, statement, wanted):
    tamper(statement)

    found = verify().findings

    assert [one for one in found if one.kind == "broken"] == wanted


def test_a_cut_tail_is_found_by_a_head_that_was_kept_elsewhere(journal, record_property):
    known = find_head()
    tamper(
        *map(removal, journal[10:]),
        "DELETE FROM audit_block WHERE number = 3",
    )

    assert kinds() == []
    assert verify(known).findings == [Finding("cut", 3)]
    record_property("found", 1)


def test_a_chain_written_anew_is_not_the_one_that_was_known(journal):
    known = find_head()
    tamper(removal(journal[6]), "DELETE FROM audit_block")
    seal()

    assert kinds() == []
    assert verify(known).findings == [Finding("cut", 3)]
    assert verify(find_head()).findings == []


def test_a_line_of_long_ago_that_was_not_there_then_is_found(journal):
    later = clock.now() + timedelta(days=2)
    with clock.frozen(later):
        write([100])
        seal()
        dated = ids()[-1] + 1
        tamper(insertion(dated))
        seal()

    assert kinds() == [("backdated", dated)]


def test_what_came_after_the_worker_stood_still_is_no_finding(journal):
    """All of it at once, in several blocks."""
    with clock.frozen(clock.now() + timedelta(days=2)):
        write(range(ROWS))
    with clock.frozen(clock.now() + timedelta(days=9)):
        assert seal() == ROWS

    assert kinds() == []


def test_a_transaction_that_ends_late_is_chained_when_it_ends(database):
    """PostgreSQL alone has two that write at once."""
    if database.is_sqlite:
        return
    with db.current().writing() as slow:
        slow.add(_line())
        slow.flush()
        write([1])
        assert seal() == 1
        assert verify().findings == []
        write([2])
        assert seal() == 1
    assert verify().unsealed == 1

    assert seal() == 1
    found = verify()
    assert (found.findings, found.rows, found.unsealed) == ([], 3, 0)


def _line() -> AuditEvent:
    return AuditEvent(
        at=clock.now(), actor_name="Ana", action="a.b", record_type="r", record_id="1"
    )


def test_a_row_where_one_was_given_up_is_not_taken_for_a_late_one(database, small_blocks):
    write(range(3))
    tamper(removal(ids()[1]))
    gap = ids()[0] + 1
    seal()
    with clock.frozen(clock.now() + AWAITED_FOR):
        write([3])
        seal()
        tamper(insertion(gap))

        assert seal() == 0
    assert kinds() == [("inserted", gap)]


def test_of_two_who_chain_at_once_one_does(database, monkeypatch):
    write(range(3))
    block = sealing_actions._next_block()
    assert block is not None
    assert seal() == 3
    monkeypatch.setattr(sealing_actions, "_next_block", lambda: block)

    assert seal() == 0
    assert verify().rows == 3


@pytest.mark.parametrize("table", [AuditEvent, AuditBlock])
def test_the_database_refuses_to_change_the_journal(journal, database, table):
    first = next(iter(table.__table__.primary_key))
    statements = [update(table).values({first: first}), delete(table)]
    if not database.is_sqlite:
        statements.append(text(f"TRUNCATE {table.__tablename__}"))

    for statement in statements:
        with (
            pytest.raises(IntegrityError, match="only added to"),
            database.write_engine.begin() as connection,
        ):
            connection.execute(statement)
    assert len(ids()) == ROWS


def test_lines_from_before_the_chain_are_taken_into_it(database, small_blocks):
    scripts = ScriptDirectory.from_config(alembic_config(database.url)).walk_revisions()
    [its] = [script for script in scripts if script.path.endswith("_the_journal_chained.py")]
    downgrade(database.url, str(its.down_revision))
    write(range(ROWS))
    upgrade(database.url)

    assert verify().unsealed == ROWS
    assert seal() == ROWS
    assert kinds() == []


def test_a_block_holds_all_it_says(journal):
    with db.reading() as session:
        blocks = session.execute(select(AuditBlock.number, AuditBlock.entries)).all()

    assert [(number, chain.count_in(entries)) for number, entries in blocks] == [
        (1, 5),
        (2, 5),
        (3, 2),
    ]
