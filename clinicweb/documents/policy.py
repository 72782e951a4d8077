"""Which of the clinic's documents are for a patient's eyes?  Pure: no I/O, no clock."""

from collections.abc import Collection
from datetime import date, timedelta

# FHIR's states of what was never ordered, or should not have been written.
NEVER_ORDERED = ("draft", "entered-in-error")
IN_FORCE = "active"
# FHIR's states of a document that somebody stands for (S3-45); and of one that nobody does.
AUTHORISED = ("final", "amended")
VOID = "entered-in-error"


def is_in_force(statuses: Collection[str]) -> bool:
    """Whether any medicine of a prescription is still to be taken."""
    return IN_FORCE in statuses


def months_after(day: date, months: int) -> date:
    """The same day of another month, before or after; where it has none, its last."""
    count = day.year * 12 + day.month - 1 + months
    first, next_first = (date(at // 12, at % 12 + 1, 1) for at in (count, count + 1))
    return first.replace(day=min(day.day, (next_first - timedelta(days=1)).day))


def earliest_shown(today: date, months: int) -> date:
    """The first day of issue that is still listed: so many months ago (S3-44)."""
    return months_after(today, -months)
