"""Which of the clinic's documents are for a patient's eyes?  Pure: no I/O, no clock."""

from collections.abc import Collection
from dataclasses import dataclass
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


VALID, ALTERED, REVOKED = "valid", "altered", "revoked"
SUPERSEDED, EXPIRED = "superseded", "expired"


@dataclass(frozen=True, slots=True)
class SealFacts:
    """*is_whole*: what is kept is what was sealed; *expires_on*: the last day of its worth."""

    is_whole: bool
    is_revoked: bool
    is_superseded: bool
    expires_on: date


def worth(facts: SealFacts, today: date) -> str:
    """What a sealed document is worth: of several reasons against it, the gravest."""
    if not facts.is_whole:
        return ALTERED
    if facts.is_revoked:
        return REVOKED
    if facts.is_superseded:
        return SUPERSEDED
    return EXPIRED if today > facts.expires_on else VALID


def initials(full_name: str) -> str:
    """``A. N. P.``: enough for who has the paper, and nothing for who has not."""
    letters = (next((sign for sign in part if sign.isalpha()), "") for part in full_name.split())
    return " ".join(f"{letter.upper()}." for letter in letters if letter)
