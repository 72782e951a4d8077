"""May the holder of a family's account act for this member?  Pure: no I/O, no clock."""

from dataclasses import dataclass
from datetime import date

from clinicweb.core.decision import ALLOWED, Decision, refuse

NOT_OF_FAMILY = "family.stranger"
AFFILIATION_ENDED = "family.ended"
ADULT = "family.adult"

ASK_ADULTS = "consent"


@dataclass(frozen=True, slots=True)
class FamilyRules:
    """``adults``: ``consent`` or ``all``; ``majority_age`` in years."""

    majority_age: int
    adults: str


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """
    Somebody seen from an account; *is_self*: the one whose account it is.

    ``affiliation_ends_on``: the last day of it, itself included; None: it has no end.
    ``has_consented``: told the clinic that the holder may act for them, and still means it.
    """

    is_self: bool
    is_of_family: bool
    birth_date: date | None
    affiliation_ends_on: date | None
    has_consented: bool


def is_adult(birth_date: date | None, *, majority_age: int, today: date) -> bool:
    """
    Whether somebody is of age on *today*; who was born on 29 February is so on 1 March.

    Of whom nobody knows the age, nobody may assume that they are a child.
    """
    if birth_date is None:
        return True
    had_birthday = (today.month, today.day) >= (birth_date.month, birth_date.day)
    return today.year - birth_date.year - (not had_birthday) >= majority_age


def may_act_for(rules: FamilyRules, member: MemberFacts, *, today: date) -> Decision:
    """
    Decide whether the holder of an account may see and do things for *member*.

    Returns: allowed, or refused with ``family.stranger`` (there is no such person for them),
    ``family.ended`` or ``family.adult``.

    Source: S3-3, S3-21.
    """
    if not member.is_self and not member.is_of_family:
        return refuse(NOT_OF_FAMILY)
    if member.affiliation_ends_on is not None and today > member.affiliation_ends_on:
        return refuse(AFFILIATION_ENDED)
    if member.is_self or rules.adults != ASK_ADULTS or member.has_consented:
        return ALLOWED
    of_age = is_adult(member.birth_date, majority_age=rules.majority_age, today=today)
    return refuse(ADULT) if of_age else ALLOWED
