"""Whose record is it that somebody registers for?  Pure: the rule over what was found."""

from collections.abc import Sequence
from dataclasses import dataclass

from clinicweb.core.text import search_key

OPEN = "open"  # an account for this record
NEW = "new"  # a person the clinic does not know yet
NO_MATCH = "no_match"  # nobody, or not shown to be this person
TAKEN = "taken"  # this record has its account


@dataclass(frozen=True, slots=True)
class Found:
    """A record that what was typed may mean; address and telephone as the clinic has them."""

    patient_id: int
    name: str
    email: str | None
    has_account: bool
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """
    Who somebody says they are; *proof* is the clinic's ``registration.proof``.

    *phone*: in E.164, where it is the telephone that they show to be theirs; then the e-mail
    shows nothing.
    """

    proof: str
    email: str
    name: str | None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """*patient_id* and *name* are the record's; a person nobody knows yet has none."""

    outcome: str
    patient_id: int | None = None
    name: str | None = None

    @property
    def is_good(self) -> bool:
        return self.outcome in (OPEN, NEW)


def match(claim: Claim, found: Sequence[Found]) -> Match:
    """
    What a registration leads to.

    A record that exists is opened only through the address or telephone that the record has,
    whichever the code goes to, or (proof ``affiliation``) by the serial of the card, which is
    handed out in person (S3-63).  A number that no code went to proves nothing.
    """
    if not found:
        return Match(NEW if claim.proof == "none" else NO_MATCH)
    theirs = [record for record in found if _is_shown(claim, record)]
    if len(theirs) > 1:  # several people share an address (S4-18): the name tells whose it is
        theirs = [record for record in theirs if _same_name(claim.name, record.name)]
    if len(theirs) != 1:
        return Match(NO_MATCH)
    record = theirs[0]
    outcome = TAKEN if record.has_account else OPEN
    return Match(outcome, record.patient_id, record.name)


def must_show_address(activation: str, outcome: str) -> bool:
    """
    Whether the mailbox must be opened before the account is.

    Where new people come in at once (S0-17), a record that exists still waits for the proof:
    somebody else's number and address are easily known.
    """
    return activation != "none" or outcome == OPEN


def _is_shown(claim: Claim, record: Found) -> bool:
    if claim.proof == "affiliation":
        return True
    if claim.phone:
        return claim.phone == record.phone
    return bool(record.email) and claim.email.casefold() == str(record.email).casefold()


def _same_name(typed: str | None, name: str) -> bool:
    return bool(typed) and _words(str(typed)) == _words(name)


def _words(name: str) -> list[str]:
    return sorted(search_key(name).split())
