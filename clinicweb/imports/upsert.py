"""Many rows written at once: those that are new, and those that say something else now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from clinicweb.core.db import Base

Key = tuple[Any, ...]
Values = Mapping[str, Any]
Item = TypeVar("Item")

CHUNK = 500  # well below the number of parameters that SQLite takes


@dataclass(slots=True)
class Outcome:
    """The ids of all rows by natural key, and which of the keys are new or changed."""

    ids: dict[Key, int] = field(default_factory=dict)
    created: set[Key] = field(default_factory=set)
    updated: set[Key] = field(default_factory=set)

    def touch(self, key: Key) -> None:
        """Note that something beside the row itself changed."""
        if key not in self.created:
            self.updated.add(key)


def upsert(
    session: Session,
    model: type[Base],
    *,
    key: Sequence[str],
    rows: Iterable[Values],
    blank: Values,
    where: Iterable[ColumnElement[bool]] = (),
) -> Outcome:
    """
    Write *rows* into the table of *model*.

    Args:
        key: the attributes of the natural key.
        rows: attributes to set; what a row leaves out stays as it is.
        blank: every attribute with its value in a new row that leaves it out.
        where: conditions that all rows with these keys meet, to read less.
    """
    conditions = tuple(where)
    old = {
        tuple(values[name] for name in key): (row_id, values)
        for row_id, values in _existing(session, model, blank, conditions)
    }
    outcome = Outcome({found: row_id for found, (row_id, _values) in old.items()})
    inserts, updates = [], []
    for row in rows:
        found = tuple(row[name] for name in key)
        if found not in old:
            inserts.append({**blank, **row})
            outcome.created.add(found)
        elif any(old[found][1][name] != value for name, value in row.items()):
            updates.append({"id": old[found][0], **row})
            outcome.updated.add(found)
    _write(session, model, inserts, updates)
    if inserts:
        fresh = _existing(session, model, dict.fromkeys(key), conditions)
        outcome.ids = {tuple(values[name] for name in key): row_id for row_id, values in fresh}
    return outcome


def _existing(
    session: Session,
    model: type[Base],
    names: Iterable[str],
    where: tuple[ColumnElement[bool], ...],
) -> Iterator[tuple[int, dict[str, Any]]]:
    names = list(names)
    columns = [getattr(model, name) for name in ("id", *names)]
    for row_id, *values in session.execute(select(*columns).where(*where)):
        yield row_id, dict(zip(names, values, strict=True))


def _write(
    session: Session,
    model: type[Base],
    inserts: list[dict[str, Any]],
    updates: list[dict[str, Any]],
) -> None:
    if inserts:
        session.execute(insert(model), inserts)
    by_names: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in updates:
        by_names.setdefault(tuple(row), []).append(row)
    for rows in by_names.values():
        session.execute(update(model), rows)


def link(
    session: Session,
    model: type[Base],
    *,
    owner: str,
    member: str,
    wanted: Mapping[int, Iterable[int]],
) -> set[int]:
    """
    Make the pairs of a link table those *wanted*, for the owners named there alone.

    Returns: the owners that changed.
    """
    owner_column, member_column = getattr(model, owner), getattr(model, member)
    old = {
        (owner_id, member_id)
        for ids in chunks(wanted)
        for owner_id, member_id in session.execute(
            select(owner_column, member_column).where(owner_column.in_(ids))
        )
    }
    new = {(owner_id, member_id) for owner_id, ids in wanted.items() for member_id in ids}
    for owner_id, member_id in old - new:
        row = session.get_one(model, (owner_id, member_id))
        session.delete(row)
    session.flush()
    _write(session, model, [{owner: o, member: m} for o, m in sorted(new - old)], [])
    return {owner_id for owner_id, _member_id in old ^ new}


def chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Cut *items* into lists that fit one ``IN (…)``."""
    rest = list(items)
    for start in range(0, len(rest), CHUNK):
        yield rest[start : start + CHUNK]
