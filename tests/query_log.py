"""The statements that reach a database, counted as a budget counts them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

# They fetch and change nothing: how a connection is set up, how a transaction begins and ends.
HOUSEKEEPING = ("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ", "SHOW ")

_statements: ContextVar[list[str] | None] = ContextVar("statements", default=None)


@contextmanager
def collected_queries() -> Iterator[list[str]]:
    """The statements that any engine executes inside the block, in this thread."""
    statements: list[str] = []
    token = _statements.set(statements)
    try:
        yield statements
    finally:
        _statements.reset(token)


@event.listens_for(Engine, "before_cursor_execute")
def _note(_connection: Any, _cursor: Any, statement: str, *_details: Any) -> None:
    statements = _statements.get()
    if statements is not None and not statement.lstrip().upper().startswith(HOUSEKEEPING):
        statements.append(statement)
