"""Counters of attempts in the database: they hold across processes and restarts."""

import hashlib
import ipaddress
from datetime import datetime, timedelta
from functools import cache
from math import ceil
from typing import Any

from sqlalchemy import Float, Integer, String, bindparam, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from clinicweb.core import clock
from clinicweb.core.db import Base
from clinicweb.core.errors import TooManyAttempts
from clinicweb.core.pace import Failures, Pace, after_a_success, after_another, wait_left

# Longer than any clinic lets failures slow somebody down.
_REMEMBERED = timedelta(days=2)


class AttemptCounter(Base):
    """How often *key_hash* was tried in the window that ends at *ends_at*."""

    __tablename__ = "attempt_counter"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(Integer)


class FailurePace(Base):
    """The failures on *key_hash* that are not forgotten yet, and when the last one was."""

    __tablename__ = "failure_pace"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    level: Mapped[float] = mapped_column(Float)
    failed_at: Mapped[datetime] = mapped_column(index=True)


def count_attempt(session: Session, key: str, *, limit: int, window: timedelta) -> None:
    """
    Count one attempt on *key*; the row is written in one statement, so no race passes *limit*.

    Raises: ``TooManyAttempts`` when *limit* was already used up in the present window.
    """
    now = clock.now()
    values = {"one_key": _hashed(key), "new_end": now + window, "now": now}
    attempts, ends_at = session.execute(_counting(_insert(session)), values).one()
    if attempts > limit:
        raise TooManyAttempts(max(1, int((ends_at - now).total_seconds())))


@cache
def _counting(insert: Any) -> Any:
    """Made once: with each message and each sign-in it would cost as much as to run it."""
    table = AttemptCounter.__table__
    new = insert(table).values(
        key_hash=bindparam("one_key"), ends_at=bindparam("new_end"), attempts=1
    )
    running = table.c.ends_at > bindparam("now")
    return new.on_conflict_do_update(
        index_elements=[table.c.key_hash],
        set_={
            "attempts": case((running, table.c.attempts + 1), else_=1),
            "ends_at": case((running, table.c.ends_at), else_=new.excluded.ends_at),
        },
    ).returning(table.c.attempts, table.c.ends_at)


def count_failure(session: Session, key: str, pace: Pace) -> None:
    """
    Count what may be a failure before it is looked at; ``forgive`` it when it was none.

    The row is locked by the statement that makes or finds it, so no race fails faster.
    Raises: ``TooManyAttempts`` while the last failure's wait lasts; this one is not counted then.
    """
    table = FailurePace.__table__
    values = {"key_hash": _hashed(key), "level": 0.0, "failed_at": clock.now()}
    new = _insert(session)(FailurePace).values(values)
    found = new.on_conflict_do_update(
        index_elements=[table.c.key_hash], set_={"level": table.c.level}
    ).returning(FailurePace)
    row = session.scalars(found).one()
    failures, now = Failures(row.level, row.failed_at), clock.now()
    wait = wait_left(pace, failures, now)
    if wait:
        raise TooManyAttempts(ceil(wait.total_seconds()))
    failures = after_another(pace, failures, now)
    row.level, row.failed_at = failures.level, failures.at


def forgive(session: Session, key: str) -> None:
    """The last one counted on *key* was no failure; those before it still count."""
    row = session.get(FailurePace, _hashed(key), with_for_update=True)
    if row:
        row.level = after_a_success(Failures(row.level, row.failed_at)).level


def forget_failures(session: Session, key: str) -> None:
    """Start again from nothing."""
    session.execute(delete(FailurePace).where(FailurePace.key_hash == _hashed(key)))


def _insert(session: Session) -> Any:
    """The one of the database at hand: only theirs know ON CONFLICT."""
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert


def attempts_on(session: Session, key: str) -> int:
    """How many attempts on *key* were counted in the present window."""
    running = AttemptCounter.ends_at > clock.now()
    query = select(AttemptCounter.attempts).where(AttemptCounter.key_hash == _hashed(key), running)
    return session.scalar(query) or 0


def may_attempt(session: Session, key: str, *, limit: int, window: timedelta) -> bool:
    """The same for who is to learn nothing of it: whether the attempt is within *limit*."""
    try:
        count_attempt(session, key, limit=limit, window=window)
    except TooManyAttempts:
        return False
    return True


def forget_attempts(session: Session, key: str) -> None:
    """The attempt was a good one: start again from nothing."""
    session.execute(delete(AttemptCounter).where(AttemptCounter.key_hash == _hashed(key)))


def give_back_attempt(session: Session, key: str) -> None:
    """This one was a good one; those before it still count."""
    session.execute(
        update(AttemptCounter)
        .where(AttemptCounter.key_hash == _hashed(key), AttemptCounter.attempts > 0)
        .values(attempts=AttemptCounter.attempts - 1)
    )


def purge(session: Session) -> None:
    now = clock.now()
    session.execute(delete(AttemptCounter).where(AttemptCounter.ends_at <= now))
    session.execute(delete(FailurePace).where(FailurePace.failed_at <= now - _REMEMBERED))


def network_of(address: str) -> str:
    """What one line to the Internet has: an IPv4 address, or the 2⁶⁴ addresses of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


def _hashed(key: str) -> str:
    # Keys hold addresses and document numbers: not to be read from the table.
    return hashlib.sha256(key.encode()).hexdigest()
