"""Is it time to remind somebody?  Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class ReminderFacts:
    """An appointment as far as reminders care; instants are aware, UTC."""

    starts_at: datetime
    known_since: datetime  # when the person last heard of it: booked, moved


def reminders_due(hours: Iterable[int], facts: ReminderFacts, *, now: datetime) -> tuple[int, ...]:
    """
    Those of *hours* before the start whose time has come, the nearest to the start first.

    Only the first is worth sending: after an outage nobody gets two at once.
    """
    if now >= facts.starts_at:
        return ()
    left = facts.starts_at - now
    return tuple(before for before in sorted(hours) if left <= timedelta(hours=before))


def is_worth_sending(hours_before: int, facts: ReminderFacts) -> bool:
    """Whoever booked when the reminder's time had come already needs none."""
    return facts.known_since < facts.starts_at - timedelta(hours=hours_before)
