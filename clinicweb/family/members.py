"""The family of an account, read within any session: for pages, and for acts again."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.decision import Decision
from clinicweb.family import policy
from clinicweb.family.models import FamilyConsent


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the viewer's family, and whether the viewer may act for them."""

    public_id: str
    patient_id: int
    given_name: str
    full_name: str
    relationship: str  # self, spouse, child, parent…
    is_self: bool
    decision: Decision


def family_of(session: Session, rules: ClinicRules, patient_id: int | None) -> list[Member]:
    """The person of an account first, then those whose family they head, the eldest first."""
    # Of who has no record, everybody who depends on nobody would be family.
    if not rules.family.is_on or patient_id is None:
        return []
    consent = exists().where(
        FamilyConsent.patient_id == Patient.id,
        FamilyConsent.holder_id == Patient.family_head_id,
        FamilyConsent.revoked_at.is_(None),
    )
    family = (
        select(Patient, consent)
        .where((Patient.id == patient_id) | (Patient.family_head_id == patient_id))
        .order_by(Patient.id != patient_id, Patient.birth_date, Patient.id)
    )
    today = clock.local_day(clock.now(), rules.identity.timezone)
    return [
        _member(rules, patient, today, is_self=patient.id == patient_id, has_consented=consented)
        for patient, consented in session.execute(family)
    ]


def _member(
    rules: ClinicRules, patient: Patient, today: date, *, is_self: bool, has_consented: bool
) -> Member:
    facts = policy.MemberFacts(
        is_self=is_self,
        is_of_family=not is_self,
        birth_date=patient.birth_date,
        affiliation_ends_on=patient.affiliation_ends_on,
        has_consented=has_consented,
    )
    numbers = policy.FamilyRules(rules.family.majority_age, rules.family.adults)
    return Member(
        public_id=patient.public_id,
        patient_id=patient.id,
        given_name=patient.given_name,
        full_name=patient.full_name,
        relationship=patient.relationship_code or "",
        is_self=is_self,
        decision=policy.may_act_for(numbers, facts, today=today),
    )
