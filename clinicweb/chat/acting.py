"""Whose conversations somebody may read: their own, and those of whom they may act for."""

from collections.abc import Collection
from typing import Protocol

from sqlalchemy.orm import Session

from clinicweb.chat.models import Conversation
from clinicweb.clinic.rules import ClinicRules
from clinicweb.family.members import family_of


class Somebody(Protocol):
    """An account, or who is signed in to it."""

    @property
    def patient_id(self) -> int | None: ...

    @property
    def practitioner_id(self) -> int | None: ...


def is_acting(who: Somebody, conversation: Conversation) -> bool:
    """On the patient's side of it, without being that patient."""
    if who.practitioner_id is not None:
        return False
    return conversation.patient_id not in (None, who.patient_id)


def acted_for(who: Somebody, conversation: Conversation) -> str:
    """The name of the patient for whom *who* writes there; empty for themselves."""
    patient = conversation.patient
    return patient.full_name if patient and is_acting(who, conversation) else ""


def patients_of(session: Session, rules: ClinicRules, who: Somebody) -> set[int]:
    """The record of *who*, and those of the family for whom they may act today."""
    family = family_of(session, rules, who.patient_id)
    allowed = {member.patient_id for member in family if member.decision.allowed}
    return allowed | ({who.patient_id} if who.patient_id else set())


def readable(
    session: Session, rules: ClinicRules, who: Somebody, patient_ids: Collection[int | None]
) -> set[int | None]:
    """Of *patient_ids* (None: colleagues'), those whose conversations *who* may be in."""
    found, own = set(patient_ids), {None, who.patient_id}
    if who.practitioner_id is not None or found <= own:
        return found
    return found & (patients_of(session, rules, who) | own)


def may_be_in(
    session: Session, rules: ClinicRules, who: Somebody, conversation: Conversation
) -> bool:
    """Whether what ties *who* to the patient of it holds today; asked each time."""
    patient_id = conversation.patient_id
    return patient_id in readable(session, rules, who, [patient_id])
