"""Somebody of the family ready to print, in the lists of several slices (S3-21, S3-40)."""

from dataclasses import dataclass

from clinicweb.family.members import Member
from clinicweb.family.texts import relationship_text
from clinicweb.web.errors import reason_text


@dataclass(frozen=True, slots=True)
class MemberCard:
    """*url*: where the list leads; None when the viewer may not act for them, and *why*."""

    name: str
    relationship: str
    url: str | None
    why: str


def card_of(member: Member, url: str) -> MemberCard:
    decision = member.decision
    return MemberCard(
        name=member.full_name,
        relationship=relationship_text(member.relationship, is_self=member.is_self),
        url=url if decision.allowed else None,
        why=reason_text(decision.reason) if decision.reason else "",
    )
