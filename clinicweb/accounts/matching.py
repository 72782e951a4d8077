"""Whose record is it that somebody registers for?  Pure: the rule over what was found."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from clinicweb.core.text import search_key

OPEN = "open"  # an account for this record
NEW = "new"  # a person the clinic does not know yet
NO_MATCH = "no_match"  # nobody, or not shown to be this person
TAKEN = "taken"  # this record has its account


@dataclass(frozen=True, slots=True)
class Found:
    """A record that what was typed may mean; addresses as the clinic has them."""

    patient_id: int
    name: str
    email: str | None
    phone: str | None
    has_account: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are."""

    proof: str
    email: str
    phone: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Match:
    outcome: str
    patient_id: int | None = None


def match(claim: Claim, found: Sequence[Found]) -> Match:
    """
    What a registration leads to.

    A record that exists is opened only by somebody who has an address of it, or (proof
    ``affiliation``) the serial of the card, which is handed out in person (S3-63).
    """
    if not found:
        return Match(NEW if claim.proof == "none" else NO_MATCH)
    theirs = [record for record in found if _is_shown(claim, record)]
    if len(theirs) > 1:
        theirs = [record for record in theirs if _same_name(claim.name, record.name)]
    if len(theirs) != 1:
        return Match(NO_MATCH)
    record = theirs[0]
    return Match(TAKEN if record.has_account else OPEN, record.patient_id)


def _is_shown(claim: Claim, record: Found) -> bool:
    if claim.proof == "affiliation":
        return True
    return _same(claim.email, record.email) or _same(claim.phone, record.phone)


def _same(one: str | None, other: str | None) -> bool:
    return bool(one) and bool(other) and str(one).casefold() == str(other).casefold()


def _same_name(typed: str | None, name: str) -> bool:
    return bool(typed) and _words(str(typed)) == _words(name)


def _words(name: str) -> Collection[str]:
    return sorted(search_key(name).split())
