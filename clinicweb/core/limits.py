"""Counters of attempts in the database: they hold across processes and restarts."""

import hashlib
import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import Integer, String, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from clinicweb.core import clock
from clinicweb.core.db import Base
from clinicweb.core.errors import TooManyAttempts


class AttemptCounter(Base):
    """How often *key_hash* was tried in the window that ends at *ends_at*."""

    __tablename__ = "attempt_counter"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(Integer)


def count_attempt(session: Session, key: str, *, limit: int, window: timedelta) -> None:
    """
    Count one attempt on *key*; the row is written in one statement, so no race passes *limit*.

    Raises: ``TooManyAttempts`` when *limit* was already used up in the present window.
    """
    now = clock.now()
    table = AttemptCounter.__table__
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = insert(AttemptCounter).values(key_hash=_hashed(key), ends_at=now + window, attempts=1)
    running = table.c.ends_at > now
    counted = new.on_conflict_do_update(
        index_elements=[table.c.key_hash],
        set_={
            "attempts": case((running, table.c.attempts + 1), else_=1),
            "ends_at": case((running, table.c.ends_at), else_=new.excluded.ends_at),
        },
    ).returning(table.c.attempts, table.c.ends_at)
    attempts, ends_at = session.execute(counted).one()
    if attempts > limit:
        raise TooManyAttempts(max(1, int((ends_at - now).total_seconds())))


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
    session.execute(delete(AttemptCounter).where(AttemptCounter.ends_at <= clock.now()))


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
