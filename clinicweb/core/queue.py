"""Rows that wait for the worker, taken one at a time; several workers share them."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from clinicweb.core.db import reading, transaction
from clinicweb.core.viewer import Actor

Row = TypeVar("Row")
_BATCH = 20


def work_through(
    waiting: Select[Row],
    actor: Actor,
    answer: Callable[[Session, Row], None],
) -> int:
    """
    Answer some rows of *waiting*, each in a transaction of its own and locked in it.

    Args:
        waiting: the rows in their order; *answer* must change each so that it waits no more,
            and record it.

    Returns: how many were taken.
    """
    taken = 0
    while taken < _BATCH and _answer_next(waiting.limit(1), actor, answer):
        taken += 1
    return taken


def _answer_next(
    waiting: Select[Row],
    actor: Actor,
    answer: Callable[[Session, Row], None],
) -> bool:
    with reading() as session:  # mostly there is none: no reason to stop who writes
        if session.scalar(waiting) is None:
            return False
    with transaction(actor) as session:
        row = session.scalar(waiting.with_for_update(skip_locked=True))
        if row is None:
            return False
        answer(session, row)
        return True
