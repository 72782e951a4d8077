"""Reading a family as the holder of its account sees it."""

from collections.abc import Iterable
from dataclasses import replace

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.db import reading
from clinicweb.core.decision import check
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer
from clinicweb.family import policy
from clinicweb.family.members import Member, family_of


def list_members(viewer: Viewer, rules: ClinicRules) -> tuple[Member, ...]:
    """The viewer and all of the family whose affiliation is current, the holder first (S3-21)."""
    with reading() as session:
        members = family_of(session, rules, viewer.patient_id)
    ended = policy.AFFILIATION_ENDED
    return tuple(member for member in members if member.decision.reason != ended)


def get_member(viewer: Viewer, rules: ClinicRules, public_id: str) -> Member:
    """
    One whom the viewer may act for.

    Raises: ``NotFound`` for another family's and for who has left it, ``NotAllowed``
    (``family.adult``).
    """
    with reading() as session:
        return _allowed(family_of(session, rules, viewer.patient_id), public_id)


def acting_for(viewer: Viewer, rules: ClinicRules, public_id: str) -> Viewer:
    """*viewer* as they see and do things for a member; raises as ``get_member``."""
    return as_member(viewer, get_member(viewer, rules, public_id))


def as_member(viewer: Viewer, member: Member) -> Viewer:
    """*viewer* as they see and do things for *member*, for whom they may act."""
    if member.is_self:
        return viewer
    return replace(viewer, patient_id=member.patient_id, holder_id=viewer.patient_id)


def _allowed(members: Iterable[Member], public_id: str) -> Member:
    member = next((found for found in members if found.public_id == public_id), None)
    if member is None or member.decision.reason == policy.AFFILIATION_ENDED:
        raise NotFound
    check(member.decision)
    return member
