"""Is the journal what was chained?  Reads all of it, some thousand rows at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from clinicweb.audit import chain
from clinicweb.audit.chain import Head
from clinicweb.audit.models import AuditBlock, AuditEvent
from clinicweb.audit.sealing_actions import AWAITED_FOR, COLUMNS
from clinicweb.core.db import reading

CHANGED, REMOVED, INSERTED = "changed", "removed", "inserted"
BACKDATED = "backdated"  # says that it happened long before it was there
BROKEN, CUT = "broken", "cut"
_ASKED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, in which block (0: in none), with which row of the journal."""

    kind: str
    block: int
    event_id: int | None = None


@dataclass(slots=True)
class Verification:
    """``unsealed``: rows that nothing is known of yet; usually those of the last seconds."""

    findings: list[Finding] = field(default_factory=list)
    rows: int = 0
    blocks: int = 0
    unsealed: int = 0
    head: Head | None = None


@dataclass(slots=True)
class _Walk:
    """Where the reading is: the chain's end so far, and rows that no block has named yet."""

    word: str = chain.FIRST
    last_id: int | None = None
    complete_at: datetime | None = None  # when a block took all that there was
    unnamed: set[int] = field(default_factory=set)
    awaited: set[int] = field(default_factory=set)


def verify(known: Head | None = None) -> Verification:
    """
    Compare each row with its place in the chain.

    Args:
        known: a head that was kept elsewhere.  Only it shows that the end of the journal was cut
            off, or all of it written anew, together with the chain.
    """
    found, walk = Verification(), _Walk()
    with reading() as session:
        for block in _blocks(session):
            found.findings += _check_block(session, walk, block)
            found.findings += _check_known(known, block)
            found.rows += chain.count_in(block.entries)
            found.blocks, found.head = found.blocks + 1, Head(block.number, block.head)
        found.unsealed = _count_after(session, walk)
    if known is not None and (found.head is None or known.number > found.head.number):
        found.findings.append(Finding(CUT, known.number))
    found.unsealed += len(walk.unnamed & walk.awaited)
    found.findings += [Finding(INSERTED, 0, id_) for id_ in sorted(walk.unnamed - walk.awaited)]
    return found


def _blocks(session: Session) -> Iterator[Row]:
    """One at a time: each holds the digests of up to a thousand rows."""
    number: int | None = None
    columns = tuple(AuditBlock.__table__.columns)
    while True:
        query = select(*columns).order_by(AuditBlock.number).limit(1)
        if number is not None:
            query = query.where(AuditBlock.number > number)
        block = session.execute(query).first()
        if block is None:
            return
        yield block
        number = block.number


def _check_known(known: Head | None, block: Row) -> list[Finding]:
    if known is None or known.number != block.number or known.word == block.head:
        return []
    return [Finding(CUT, block.number)]


def _check_block(session: Session, walk: _Walk, block: Row) -> Iterator[Finding]:
    word = chain.next_head(
        walk.word, block.number, block.sealed_at, block.awaited, bytes(block.entries)
    )
    try:
        entries = dict(chain.unpacked(bytes(block.entries)))
    except ValueError:
        entries = {}
    if word != block.head:
        yield Finding(BROKEN, block.number)
    rows = _rows_of(session, walk, block.last_id, entries)
    yield from _compared(rows, entries, walk, block)
    walk.word, walk.last_id = block.head, block.last_id
    walk.awaited = {int(number) for number in block.awaited}
    if len(entries) < chain.MOST_ROWS:
        walk.complete_at = block.sealed_at


def _compared(
    rows: Iterable[Row], entries: dict[int, bytes], walk: _Walk, block: Row
) -> Iterator[Finding]:
    there = set()
    for row in rows:
        there.add(row.id)
        if row.id not in entries:
            walk.unnamed.add(row.id)
            continue
        walk.unnamed.discard(row.id)
        if chain.digest_of(row) != entries[row.id]:
            yield Finding(CHANGED, block.number, row.id)
        elif walk.complete_at is not None and walk.complete_at - row.at > AWAITED_FOR:
            yield Finding(BACKDATED, block.number, row.id)
    for id_ in entries.keys() - there:
        yield Finding(REMOVED, block.number, id_)


def _rows_of(
    session: Session, walk: _Walk, last_id: int, entries: dict[int, bytes]
) -> Iterator[Row]:
    """Rows whose ids come after those of the block before, and those that came late."""
    query = select(*COLUMNS).where(AuditEvent.id <= last_id)
    late: list[int] = []
    if walk.last_id is not None:
        query = query.where(AuditEvent.id > walk.last_id)
        late = [id_ for id_ in entries if id_ <= walk.last_id]
    yield from session.execute(query)
    for start in range(0, len(late), _ASKED_AT_ONCE):
        some = late[start : start + _ASKED_AT_ONCE]
        yield from session.execute(select(*COLUMNS).where(AuditEvent.id.in_(some)))


def _count_after(session: Session, walk: _Walk) -> int:
    query = select(func.count(AuditEvent.id))
    if walk.last_id is not None:
        query = query.where(AuditEvent.id > walk.last_id)
    return session.scalar(query) or 0
