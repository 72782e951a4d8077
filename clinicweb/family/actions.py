"""Acts about families: whether somebody may still act for another, and what adults allow."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import transaction
from clinicweb.core.decision import check
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Actor, Viewer
from clinicweb.family import policy
from clinicweb.family.members import family_of
from clinicweb.family.models import FamilyConsent


def check_acting(session: Session, rules: ClinicRules, viewer: Viewer) -> None:
    """
    Ask again, within the act itself, whether *viewer* may act for whom they act.

    Raises: ``NotFound`` or ``NotAllowed``, as the page before it would by now.
    """
    if viewer.holder_id is None:
        return
    family = family_of(session, rules, viewer.holder_id)
    member = next((found for found in family if found.patient_id == viewer.patient_id), None)
    if member is None or member.decision.reason == policy.AFFILIATION_ENDED:
        raise NotFound
    check(member.decision)


@dataclass(frozen=True, slots=True)
class NoteConsent:
    """The adult *mrn* lets the holder of the family's account act for them; *how* they said so."""

    actor: Actor
    mrn: str
    how: str


def note_consent(command: NoteConsent) -> None:
    """Saying it twice changes nothing.  Raises: ``NotFound`` for who belongs to no family."""
    with transaction(command.actor) as session:
        patient = _dependant(session, command.mrn)
        old = _in_force(session, patient)
        if old is not None and old.holder_id == patient.family_head_id:
            return
        if old is not None:
            old.revoked_at = clock.now()
            session.flush()
        consent = FamilyConsent(
            patient_id=patient.id,
            holder_id=patient.family_head_id,
            given_at=clock.now(),
            given_how=command.how,
        )
        session.add(consent)
        _note(session, "family.consent", patient, {"how": command.how})


@dataclass(frozen=True, slots=True)
class RevokeConsent:
    actor: Actor
    mrn: str


def revoke_consent(command: RevokeConsent) -> bool:
    """
    From now on the holder may not act for *mrn*.

    Returns: whether there was anything to revoke.  Raises: ``NotFound``.
    """
    with transaction(command.actor) as session:
        patient = _dependant(session, command.mrn)
        consent = _in_force(session, patient)
        if consent is None:
            return False
        consent.revoked_at = clock.now()
        _note(session, "family.revoke", patient, None)
        return True


def _dependant(session: Session, mrn: str) -> Patient:
    query = select(Patient).where(Patient.mrn == mrn, Patient.family_head_id.is_not(None))
    patient = session.scalar(query.with_for_update())
    if patient is None:
        raise NotFound
    return patient


def _in_force(session: Session, patient: Patient) -> FamilyConsent | None:
    query = select(FamilyConsent).where(
        FamilyConsent.patient_id == patient.id, FamilyConsent.revoked_at.is_(None)
    )
    return session.scalar(query)


def _note(session: Session, action: str, patient: Patient, detail: dict[str, str] | None) -> None:
    audit.record(
        session, action, record_type="patient", record_id=patient.public_id,
        patient_id=patient.id, detail=detail,
    )  # fmt: skip
