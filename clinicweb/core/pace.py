"""
How fast somebody may fail: some times freely, then after waits that double.  Pure.

Failures are forgotten one by one as time passes, so nobody waits for good; and whoever never
stops is let fail at the rate at which failures are forgotten.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, log2


@dataclass(frozen=True, slots=True)
class Pace:
    """
    Args:
        free: so many failures cost no wait.
        first: the wait after that many; each further failure doubles it.
        longest: no wait is longer.
        forget: one failure is forgotten in so long.
    """

    free: int
    first: timedelta
    longest: timedelta
    forget: timedelta


@dataclass(frozen=True, slots=True)
class Failures:
    """*level*: how many are not forgotten yet, counted at *at* (aware, UTC), the last one."""

    level: float
    at: datetime


def wait_after(pace: Pace, level: float) -> timedelta:
    """How long nobody is let in after a failure that makes *level*."""
    over = ceil(level - 1e-6) - pace.free
    if over < 0:
        return timedelta(0)
    # Doubled no further than is needed: a power of a large number is none any more.
    doublings: int = min(over, ceil(log2(pace.longest / pace.first)))
    return min(pace.first * (1 << doublings), pace.longest)


def free_at(pace: Pace, failures: Failures) -> datetime:
    """When somebody may try again."""
    return failures.at + wait_after(pace, failures.level)


def wait_left(pace: Pace, failures: Failures, now: datetime) -> timedelta:
    """How long somebody still waits; nothing where no wait was asked, whatever the clocks say."""
    if not wait_after(pace, failures.level):
        return timedelta(0)
    return max(free_at(pace, failures) - now, timedelta(0))


def level_at(pace: Pace, failures: Failures, now: datetime) -> float:
    """What is not forgotten by *now*."""
    # A clock that was set back forgets nothing.
    passed = max(now - failures.at, timedelta(0))
    return max(0.0, failures.level - passed / pace.forget)


def after_another(pace: Pace, failures: Failures | None, now: datetime) -> Failures:
    """One failure more."""
    level = level_at(pace, failures, now) if failures else 0.0
    return Failures(level + 1, max(now, failures.at) if failures else now)


def after_a_success(failures: Failures) -> Failures:
    """An attempt that was counted beforehand was no failure."""
    return Failures(max(0.0, failures.level - 1), failures.at)
