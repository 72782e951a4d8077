"""Writing in the journal as the portal does, and as nobody may."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select, text

from clinicweb.audit import actions as audit
from clinicweb.audit.models import AuditEvent
from clinicweb.core import db
from clinicweb.core.viewer import SYSTEM

TABLES = ("audit_event", "audit_block")


def write(numbers: Iterable[int]) -> None:
    """A transaction with a line for each."""
    for number in numbers:
        with db.transaction(SYSTEM) as session:
            audit.record(
                session,
                f"agreement.change-{number}",
                record_type="agreement",
                record_id=number,
                detail={"é": [number, 0.5, None]},
            )


def ids() -> list[int]:
    with db.reading() as session:
        return list(session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)))


@contextmanager
def unguarded() -> Iterator[Connection]:
    """As who owns the database, and takes its triggers away."""
    with db.current().write_engine.begin() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            found = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'"
            for name in connection.scalars(text(found)).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in TABLES:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield connection


def tamper(*statements: str) -> None:
    with unguarded() as connection:
        for statement in statements:
            connection.execute(text(statement))


def change(id_: int, what: str) -> str:
    return f"UPDATE audit_event SET {what} WHERE id = {id_}"  # noqa: S608  of tests


def removal(id_: int) -> str:
    return f"DELETE FROM audit_event WHERE id = {id_}"  # noqa: S608  of tests


def insertion(id_: int, at: str = "2026-03-03 12:00:00") -> str:
    return f"""
        INSERT INTO audit_event (id, at, actor_name, action, record_type, record_id)
        VALUES ({id_}, '{at}', 'Ana', 'conversation.read', 'conversation', '1')
    """  # noqa: S608  of tests
