"""The three doors to the database, each with what it must refuse."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError

from clinicweb.audit import actions as audit
from clinicweb.audit.models import AuditEvent
from clinicweb.clinic.models import Agreement, PatientAgreement
from clinicweb.core import db
from clinicweb.core.db import Database, MissingAudit, WriteInGet
from clinicweb.core.errors import Unavailable
from clinicweb.core.limits import AttemptCounter
from clinicweb.core.viewer import SYSTEM

Write = Callable[[db.Session], None]
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def note(session: db.Session) -> None:
    audit.record(session, "agreement.change", record_type="agreement", record_id=1)


def add(session: db.Session) -> None:
    session.add(Agreement(code="isapre", name="Isapre"))


def change(session: db.Session) -> None:
    session.scalars(select(Agreement).filter_by(code="fonasa")).one().name = "Otro"


def remove(session: db.Session) -> None:
    session.execute(delete(PatientAgreement))


def change_all(session: db.Session) -> None:
    session.execute(update(Agreement).values(name="Otro"))


def insert_rows(session: db.Session) -> None:
    session.execute(insert(Agreement), [{"code": "isapre", "name": "Isapre"}])


def write_by_hand(session: db.Session) -> None:
    session.execute(text("DELETE FROM patient_agreement"))


WRITES: list[Write] = [add, change, remove, change_all, insert_rows, write_by_hand]


def write_without_note(write: Write) -> None:
    with db.transaction(SYSTEM) as session:
        write(session)


def write_and_fail(write: Write) -> None:
    with db.transaction(SYSTEM) as session:
        write(session)
        note(session)
        session.flush()
        raise ZeroDivisionError


def write_while_reading(write: Write) -> None:
    with db.reading() as session:
        write(session)
        session.commit()


def contents() -> list[object]:
    with db.reading() as session:
        return [
            session.execute(select(Agreement.code, Agreement.name).order_by(Agreement.code)).all(),
            session.execute(select(PatientAgreement.patient_id)).all(),
            session.scalar(select(func.count()).select_from(AuditEvent)),
        ]


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        (write_without_note, MissingAudit),
        (write_and_fail, ZeroDivisionError),
        (write_while_reading, (DBAPIError, Unavailable)),
    ],
)
def test_what_is_refused_leaves_nothing_behind(database: Database, attempt, refusal):
    before = contents()

    for write in WRITES:
        with pytest.raises(refusal):
            attempt(write)
        assert contents() == before, write.__name__


def test_a_change_with_an_audit_row_stays(database: Database):
    before = contents()

    for write in (add, change, remove):
        with db.transaction(SYSTEM) as session:
            write(session)
            note(session)

    assert contents() == [[("fonasa", "Otro"), ("isapre", "Isapre")], [], 3]
    assert before == [[("fonasa", "Fonasa")], before[1], 0]
    with db.reading() as session:
        assert set(session.scalars(select(AuditEvent.actor_name))) == {"system"}


def test_looking_alone_needs_no_audit_row(database: Database):
    with db.transaction(SYSTEM) as session:
        found = session.scalars(select(Agreement).with_for_update()).one()
        assert found.code == "fonasa"


def test_inside_a_safe_request_no_writing_door_opens(database: Database):
    for door in (db.bookkeeping, lambda: db.transaction(SYSTEM)):
        with db.writes_forbidden(), pytest.raises(WriteInGet), door():
            pytest.fail("the door opened")

        with door() as session:
            assert session.scalar(select(1)) == 1


def test_after_a_refused_write_the_next_one_is_allowed(database: Database):
    with pytest.raises((DBAPIError, Unavailable)):
        write_while_reading(add)

    with db.bookkeeping() as session:
        add(session)
    assert contents()[0] == [("fonasa", "Fonasa"), ("isapre", "Isapre")]


def test_a_row_cannot_point_at_nothing(database: Database):
    with pytest.raises(IntegrityError), db.bookkeeping() as session:
        session.add(PatientAgreement(patient_id=999_999, agreement_id=999_999))


def test_a_row_that_others_point_at_cannot_go(database: Database):
    with pytest.raises(IntegrityError), db.bookkeeping() as session:
        session.execute(delete(Agreement))


def test_instants_come_back_as_they_went_in_whatever_their_zone(database: Database):
    there = NOON.astimezone(timezone(timedelta(hours=-3)))
    with db.bookkeeping() as session:
        session.add(AttemptCounter(key_hash="k", ends_at=there, attempts=1))

    with db.reading() as session:
        back = session.get_one(AttemptCounter, "k").ends_at
    assert back == NOON
    assert back.utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_is_refused(database: Database):
    with pytest.raises(StatementError, match="naive"), db.bookkeeping() as session:
        session.add(AttemptCounter(key_hash="k", ends_at=NOON.replace(tzinfo=None), attempts=1))


def test_forty_writers_at_once_all_get_their_turn(database: Database):
    start = Barrier(20)

    def write_twice(number: int) -> None:
        start.wait()
        for turn in (0, 1):
            with db.bookkeeping() as session:
                key = f"{number}-{turn}"
                session.add(AttemptCounter(key_hash=key, ends_at=NOON, attempts=1))

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(write_twice, range(20)))

    with db.reading() as session:
        assert len(session.scalars(select(AttemptCounter)).all()) == 40


def test_a_writer_sees_what_was_written_since_it_asked_for_its_turn(database: Database):
    start = Barrier(8)

    def count_up(_number: int) -> None:
        start.wait()
        with db.bookkeeping() as session:
            query = select(AttemptCounter).with_for_update()
            session.scalars(query).one().attempts += 1

    with db.bookkeeping() as session:
        session.add(AttemptCounter(key_hash="k", ends_at=NOON, attempts=0))
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count_up, range(8)))

    with db.reading() as session:
        assert session.get_one(AttemptCounter, "k").attempts == 8


def test_a_database_that_is_not_there_is_told_as_unavailable():
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    db.configure(nowhere)

    with pytest.raises(Unavailable), db.reading() as session:
        session.scalar(select(1))


def test_sqlite_waits_for_others_and_loses_nothing_on_a_power_cut(clinic_url: str):
    database = Database(clinic_url)
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}

    for engine, is_read_only in ((database.write_engine, 0), (database.read_engine, 1)):
        with engine.connect() as connection:
            for name, value in {**wanted, "query_only": is_read_only}.items():
                assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() >= 5000
    database.dispose()


def test_what_a_statement_was_about_stays_out_of_the_log(database: Database) -> None:
    secret = "11.111.111-1"

    with pytest.raises(DBAPIError, match="nowhere") as raised, database.writing() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:value)"), {"value": secret})

    assert secret not in str(raised.value)


def test_postgresql_compiles_none_of_our_statements(postgres_url: str):
    """It takes longer than to run them: three times as long for a large clinic's agenda."""
    database = Database(postgres_url)

    with database.read_engine.connect() as reader, database.write_engine.connect() as writer:
        said = [line.scalar(text("SHOW jit")) for line in (reader, writer)]
        is_read_only = reader.scalar(text("SHOW default_transaction_read_only"))

    assert (said, is_read_only) == (["off", "off"], "on")
    database.dispose()


class Ring(Exception):
    """As the driver of PostgreSQL says that two waited for each other."""

    sqlstate = "40P01"


@pytest.mark.parametrize(("told", "times"), [(Ring(), 2), (TimeoutError(), 1)])
def test_what_waited_in_a_ring_is_done_again_once_and_nothing_else_is(told, times):
    tried = []

    @db.again_after_a_ring
    def act(name: str) -> None:
        tried.append(name)
        raise Unavailable from OperationalError("UPDATE", {}, told)

    with pytest.raises(Unavailable):
        act("book")

    assert tried == ["book"] * times


def test_what_is_noted_waits_for_no_disk_and_what_is_done_does(database):
    asked = text("PRAGMA synchronous" if database.is_sqlite else "SHOW synchronous_commit")
    with db.noting() as noting:
        noted = str(noting.scalar(asked))
    with db.bookkeeping() as writing:
        done = str(writing.scalar(asked))

    assert noted == ("1" if database.is_sqlite else "off")
    # The tests' own PostgreSQL waits for no disk at all.
    assert done == ("2" if database.is_sqlite else "off")
