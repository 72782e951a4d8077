"""
The database: one for a process, on SQLite or PostgreSQL.

Three doors, so that a reader of the code sees what a piece of code may do:

- ``reading()``: a session that cannot write, enforced by the database itself;
- ``transaction(actor)``: an act of a person on records; must leave an audit row;
- ``bookkeeping()``: writes that change no record: drafts, holds, counters, states of mails.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy import DateTime, MetaData, String, TypeDecorator, event, text
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, UOWTransaction

from clinicweb.core import events
from clinicweb.core.engines import postgres_engine, sqlite_engine
from clinicweb.core.errors import Unavailable
from clinicweb.core.viewer import Actor

AUDITED = "clinicweb.audited"
ACTOR = "clinicweb.actor"
_CHANGED = "clinicweb.changed"
BUSY_SECONDS = 10.0
_DEADLOCK = "40P01"  # PostgreSQL's code for it

Given = ParamSpec("Given")
Result = TypeVar("Result")


class MissingAudit(RuntimeError):
    """An action changed records and wrote no audit row."""


class WriteInGet(RuntimeError):
    """A safe request (GET, HEAD, OPTIONS) tried to change something."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; stored in UTC (SQLite keeps it naive, in UTC)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime(), str: String()}  # noqa: RUF012


class Database:
    """The engines of one database: *url* as SQLAlchemy writes it."""

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        """*busy_seconds*: how long to wait for other writers, or for a free connection."""
        self.url = url
        self.busy_seconds = busy_seconds
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self.write_engine = sqlite_engine(url, busy_seconds, begin="BEGIN IMMEDIATE")
            self._note_engine = sqlite_engine(
                url, busy_seconds, begin="BEGIN IMMEDIATE", synchronous="NORMAL"
            )
            self.read_engine = sqlite_engine(url, busy_seconds, begin="BEGIN", query_only=True)
        else:
            self.write_engine = self._note_engine = postgres_engine(url, busy_seconds)
            # One statement at a time needs no BEGIN: a tenth of a millisecond saved on each.
            self.read_engine = postgres_engine(
                url, busy_seconds, "-c default_transaction_read_only=on"
            ).execution_options(isolation_level="AUTOCOMMIT")
        # SQLite's own back-off between writers costs 180-330 ms at p99; a queue costs nothing.
        self._writers = threading.Lock() if self.is_sqlite else None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One write transaction: commits when left, rolls back on any error."""
        with self._writing_by(self.write_engine) as session:
            yield session

    @contextmanager
    def noting(self) -> Iterator[Session]:
        """
        As ``writing``, without waiting for the disk.

        A process that is killed loses nothing; a machine without power the last second.
        """
        with self._writing_by(self._note_engine) as session:
            if not self.is_sqlite:
                session.execute(text("SET LOCAL synchronous_commit = off"))
            yield session

    @contextmanager
    def _writing_by(self, engine: Engine) -> Iterator[Session]:
        with self._one_at_a_time(), Session(engine) as session, session.begin():
            yield session
        # Not before: who is told would look for it and find nothing.
        events.publish(events.announced(session))

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        if self._writers is None:
            yield
            return
        if not self._writers.acquire(timeout=self.busy_seconds):
            raise Unavailable
        try:
            yield
        finally:
            self._writers.release()

    def dispose(self) -> None:
        self.write_engine.dispose()
        self._note_engine.dispose()
        self.read_engine.dispose()


_database: Database | None = None
_writes_forbidden: ContextVar[bool] = ContextVar("writes_forbidden", default=False)


def configure(database: Database) -> None:
    """Make *database* the one of this process."""
    global _database  # noqa: PLW0603  one installation, one database
    _database = database


def current() -> Database:
    if _database is None:
        raise RuntimeError("no database configured")
    return _database


@contextmanager
def writes_forbidden() -> Iterator[None]:
    """Inside, opening ``transaction`` or ``bookkeeping`` raises ``WriteInGet``."""
    token = _writes_forbidden.set(True)
    try:
        yield
    finally:
        _writes_forbidden.reset(token)


@contextmanager
def reading() -> Iterator[Session]:
    """A session that can only read; objects from it must not leave the block."""
    with _translated_errors(), Session(current().read_engine) as session:
        yield session


@contextmanager
def bookkeeping() -> Iterator[Session]:
    """A write transaction for what is nobody's record; needs no audit row."""
    if _writes_forbidden.get():
        raise WriteInGet
    with _translated_errors(), current().writing() as session:
        yield session


@contextmanager
def noting() -> Iterator[Session]:
    """
    A write that even a safe request may make: it changes nothing that a person can do.

    It waits for no disk: a page that notes who looked is hardly slower for it.
    """
    with _translated_errors(), current().noting() as session:
        yield session


@contextmanager
def transaction(actor: Actor) -> Iterator[Session]:
    """
    One act of *actor* on records: all of it or nothing.

    Raises: ``MissingAudit`` (and rolls back) when it changed something without an audit row;
    ``WriteInGet`` inside a safe request; ``Unavailable`` when the database cannot answer.
    """
    if _writes_forbidden.get():
        raise WriteInGet
    with _translated_errors(), current().writing() as session:
        session.info[ACTOR] = actor
        yield session
        session.flush()
        if _CHANGED in session.info and AUDITED not in session.info:
            raise MissingAudit


@event.listens_for(Session, "after_flush")
def _note_flush(session: Session, _: UOWTransaction) -> None:
    if session.new or session.dirty or session.deleted:
        session.info[_CHANGED] = True


@event.listens_for(Session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.info[_CHANGED] = True


def again_after_a_ring(act: Callable[Given, Result]) -> Callable[Given, Result]:
    """
    *act*, a whole transaction, once more where it waited for another that waited for it.

    PostgreSQL ends one of the two.  Who books locks in one order, but the publishing of hours goes
    from practitioner to practitioner: nobody should have to press again because of that.
    """

    @wraps(act)
    def once_or_twice(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return act(*args, **kwargs)
        except Unavailable as error:
            cause = error.__cause__
            orig = cause.orig if isinstance(cause, OperationalError) else None
            if getattr(orig, "sqlstate", None) != _DEADLOCK:
                raise
        return act(*args, **kwargs)

    return once_or_twice


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except (OperationalError, PoolTimeout) as error:
        raise Unavailable from error
