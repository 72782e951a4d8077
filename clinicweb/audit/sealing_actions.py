"""
The worker's part: rows of the journal are chained some seconds after they were written.

Nobody who writes waits for it.  A transaction may end after others whose rows have higher ids:
such ids are awaited for some hours and their rows chained when they come.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Row, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinicweb.audit import chain
from clinicweb.audit.chain import Head
from clinicweb.audit.models import AuditBlock, AuditEvent
from clinicweb.core import clock
from clinicweb.core.db import bookkeeping, reading

# No transaction takes as long: what comes later was not written by the portal.
AWAITED_FOR = timedelta(hours=6)
MOST_AWAITED = 1000
COLUMNS = tuple(AuditEvent.__table__.columns)


@dataclass(frozen=True, slots=True)
class _End:
    """Where the chain ends."""

    number: int = 0
    head: str = chain.FIRST
    last_id: int = 0
    awaited: Mapping[str, str] = field(default_factory=dict)


def _never() -> bool:
    return False


def seal(is_stopping: Callable[[], bool] = _never) -> int:
    """
    Chain the rows that are not yet, a block at a time; how many those were.

    Several may do this at once: of two blocks of one number the database takes one.
    """
    sealed = 0
    while not is_stopping() and (block := _next_block()):
        count = chain.count_in(block.entries)
        try:
            with bookkeeping() as session:
                session.add(block)
        except IntegrityError:  # another did it
            return sealed
        sealed += count
        if count < chain.MOST_ROWS:
            break
    return sealed


def find_head() -> Head | None:
    """The present end of the chain, to be kept elsewhere; None where nothing is chained yet."""
    with reading() as session:
        end = _end(session)
    return Head(end.number, end.head) if end.number else None


def _next_block() -> AuditBlock | None:
    with reading() as session:
        end = _end(session)
        rows = _unsealed(session, end)
    if not rows:
        return None
    now, number = clock.now(), end.number + 1
    last_id = max(end.last_id, *(row.id for row in rows))
    awaited = _still_awaited(end, [row.id for row in rows], last_id, now)
    entries = chain.packed((row.id, chain.digest_of(row)) for row in rows)
    return AuditBlock(
        number=number,
        sealed_at=now,
        last_id=last_id,
        entries=entries,
        awaited=awaited,
        head=chain.next_head(end.head, number, now, awaited, entries),
    )


def _end(session: Session) -> _End:
    columns = (AuditBlock.number, AuditBlock.head, AuditBlock.last_id, AuditBlock.awaited)
    last = session.execute(select(*columns).order_by(AuditBlock.number.desc()).limit(1)).first()
    return _End(*last) if last else _End()


def _unsealed(session: Session, end: _End) -> Sequence[Row]:
    late = [int(number) for number in end.awaited]
    is_open = AuditEvent.id > end.last_id
    if late:
        is_open = or_(is_open, AuditEvent.id.in_(late))
    query = select(*COLUMNS).where(is_open).order_by(AuditEvent.id).limit(chain.MOST_ROWS)
    return session.execute(query).all()


def _still_awaited(end: _End, came: Sequence[int], last_id: int, now: datetime) -> dict[str, str]:
    """Ids that were passed over; the oldest are given up."""
    seen = set(came)
    passed_over = (number for number in range(last_id - 1, end.last_id, -1) if number not in seen)
    new = list(islice(passed_over, MOST_AWAITED))[::-1]
    found = {
        number: since
        for number, since in end.awaited.items()
        if int(number) not in seen and now - datetime.fromisoformat(since) < AWAITED_FOR
    }
    found |= {str(number): now.isoformat() for number in new}
    return dict(list(found.items())[-MOST_AWAITED:])
