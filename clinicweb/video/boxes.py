"""Whose box it is, asked within the session at hand; acts ask under the appointment's lock."""

from dataclasses import dataclass, replace

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from clinicweb.booking.models import APPOINTMENT_CANCELLED, Appointment
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.text import text_hash
from clinicweb.core.viewer import Viewer
from clinicweb.family.actions import check_acting
from clinicweb.family.members import family_of
from clinicweb.video.attention_models import Attention, TelecareConsent
from clinicweb.video.attention_policy import ATTENDED, NOSHOW, RoomFacts
from clinicweb.video.models import Call


@dataclass(frozen=True, slots=True)
class Box:
    """An appointment, and what is known of its attention: None until somebody comes."""

    appointment: Appointment
    attention: Attention | None

    @property
    def facts(self) -> RoomFacts:
        row, attention = self.appointment, self.attention
        return RoomFacts(
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            is_virtual=row.modality == "virtual",
            is_cancelled=row.status == APPOINTMENT_CANCELLED,
            is_affected=row.affected_at is not None,
            has_come=attention is not None and attention.arrived_at is not None,
            outcome=_outcome(row, attention),
        )

    def opened(self, session: Session) -> Attention:
        """Its attention, from now on at the latest; under the appointment's lock."""
        if self.attention is not None:
            return self.attention
        made = Attention(appointment_id=self.appointment.id)
        session.add(made)
        return made


# Appointment.status, FHIR's words; where nobody was attended, it stays as it was booked.
STATUS_BY_OUTCOME = {ATTENDED: "fulfilled", NOSHOW: "noshow"}
# What the clinic's own system says of an appointment, as the doctor would say it here.
_OUTCOME_BY_STATUS = {status: outcome for outcome, status in STATUS_BY_OUTCOME.items()}


def _outcome(row: Appointment, attention: Attention | None) -> str | None:
    said = attention.outcome if attention else None
    return said or _OUTCOME_BY_STATUS.get(row.status)


@dataclass(frozen=True, slots=True)
class Coming:
    """
    *viewer* as they come to a box: for themselves, or for the member *member_id* of their family
    (else empty); and the call of it that goes on, if any.
    """

    viewer: Viewer
    member_id: str
    box: Box
    call: Call | None


def find_coming(session: Session, viewer: Viewer, rules: ClinicRules, public_id: str) -> Coming:
    """Raises ``NotFound`` for an appointment of nobody whom the viewer may act for."""
    members = {
        member.patient_id: member
        for member in family_of(session, rules, viewer.patient_id)
        if member.decision.allowed and not member.is_self
    }
    patient_ids = [viewer.patient_id, *members]
    query = (
        _whole()
        .add_columns(Attention, Call)
        .outerjoin(Attention, Attention.appointment_id == Appointment.id)
        .outerjoin(Call, (Call.appointment_id == Appointment.id) & Call.ended_at.is_(None))
        .where(Appointment.public_id == public_id, Appointment.patient_id.in_(patient_ids))
    )
    found = session.execute(query).first()
    if found is None:
        raise NotFound
    row, attention, call = found
    if row.patient_id == viewer.patient_id:
        return Coming(viewer, "", Box(row, attention), call)
    acting = replace(viewer, patient_id=row.patient_id, holder_id=viewer.patient_id)
    return Coming(acting, members[row.patient_id].public_id, Box(row, attention), call)


def acting_for(viewer: Viewer, rules: ClinicRules, public_id: str) -> Viewer:
    """*viewer* as they come to this appointment.  Raises ``NotFound``."""
    with reading() as session:
        return find_coming(session, viewer, rules, public_id).viewer


def has_consented(session: Session, viewer: Viewer, rules: ClinicRules) -> bool:
    """To the clinic's text of now, for whom they come; where nothing is asked, always."""
    asked = rules.video.consent
    if not asked.version:
        return True
    query = select(TelecareConsent.id).where(
        TelecareConsent.patient_id == viewer.patient_id,
        TelecareConsent.account_id == viewer.account_id,
        TelecareConsent.version == asked.version,
        TelecareConsent.text_hash == text_hash(asked.text),
    )
    return session.scalar(query) is not None


def lock_own(session: Session, rules: ClinicRules, viewer: Viewer, public_id: str) -> Box:
    """
    That of *viewer*, as ``acting_for`` found them, under its lock; they may act for it still.

    Raises: ``NotFound``.
    """
    check_acting(session, rules, viewer)
    own = _whole().where(Appointment.patient_id == viewer.patient_id)
    return _found(session, own.with_for_update(of=Appointment), public_id)


def find_attended(session: Session, viewer: Viewer, public_id: str) -> Box:
    """One that *viewer* attends.  Raises ``NotFound``."""
    return _found(session, attended_by(viewer), public_id)


def lock_attended(session: Session, viewer: Viewer, public_id: str) -> Box:
    return _found(session, attended_by(viewer).with_for_update(of=Appointment), public_id)


def attended_by(viewer: Viewer) -> Select[Appointment]:
    return _whole().where(Appointment.practitioner_id == viewer.practitioner_id)


def _whole() -> Select[Appointment]:
    return select(Appointment).options(
        joinedload(Appointment.patient),
        joinedload(Appointment.practitioner),
        joinedload(Appointment.service),
        joinedload(Appointment.site),
    )


def _found(session: Session, query: Select[Appointment], public_id: str) -> Box:
    row = session.scalar(query.where(Appointment.public_id == public_id))
    if row is None:
        raise NotFound
    # Asked after the lock has come: what somebody wrote meanwhile counts.
    its = select(Attention).where(Attention.appointment_id == row.id)
    return Box(row, session.scalar(its))
