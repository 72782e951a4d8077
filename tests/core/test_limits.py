"""Counted attempts: exact, whoever counts at the same time, and over when their window is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from clinicweb.core import clock, limits
from clinicweb.core.db import Database, bookkeeping, reading
from clinicweb.core.errors import TooManyAttempts
from clinicweb.core.limits import AttemptCounter

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
THREADS = 20
LIMIT = 7


def attempt(key: str = "account:1", *, limit: int = LIMIT) -> bool:
    try:
        with bookkeeping() as session:
            limits.count_attempt(session, key, limit=limit, window=HOUR)
    except TooManyAttempts:
        return False
    return True


def test_under_twenty_threads_exactly_the_limit_passes(database: Database):
    start = Barrier(THREADS)

    def one_of_many(_number: int) -> list[bool]:
        start.wait()
        return [attempt(), attempt()]

    with ThreadPoolExecutor(THREADS) as threads:
        passed = [result for pair in threads.map(one_of_many, range(THREADS)) for result in pair]

    assert len(passed) == 2 * THREADS
    assert passed.count(True) == LIMIT


def test_another_key_is_counted_apart(database: Database):
    assert attempt("account:1", limit=1)

    assert not attempt("account:1", limit=1)
    assert attempt("account:2", limit=1)


def test_the_window_ends_to_the_second_and_says_when(database: Database):
    with clock.frozen(NOON):
        assert attempt(limit=1)
    with (
        clock.frozen(NOON + HOUR - SECOND),
        pytest.raises(TooManyAttempts) as refused,
        bookkeeping() as session,
    ):
        limits.count_attempt(session, "account:1", limit=1, window=HOUR)

    assert refused.value.retry_after_seconds == 1
    with clock.frozen(NOON + HOUR):
        assert attempt(limit=1)
        assert not attempt(limit=1)


def test_a_good_attempt_is_given_back_and_no_more_than_that(database: Database):
    assert attempt(limit=2)
    assert attempt(limit=2)

    with bookkeeping() as session:
        limits.give_back_attempt(session, "account:1")

    assert attempt(limit=2)
    assert not attempt(limit=2)


def test_after_forgetting_everything_is_new(database: Database):
    assert attempt(limit=1)

    with bookkeeping() as session:
        limits.forget_attempts(session, "account:1")

    assert attempt(limit=1)


def test_only_what_is_over_is_purged(database: Database):
    with clock.frozen(NOON):
        assert attempt("old")
    with clock.frozen(NOON + SECOND):
        assert attempt("new")
    with clock.frozen(NOON + HOUR), bookkeeping() as session:
        limits.purge(session)

    with reading() as session:
        left = session.scalars(select(AttemptCounter.ends_at)).all()
    assert left == [NOON + HOUR + SECOND]


def test_whom_a_key_names_cannot_be_read_from_the_table(database: Database):
    assert attempt("name:12345678-5")

    with reading() as session:
        key = session.scalars(select(AttemptCounter.key_hash)).one()
    assert "12345678" not in key
