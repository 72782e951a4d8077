"""An hour by video that begins soon, so that whoever tries the demo can walk into its box."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.booking.models import APPOINTMENT_BOOKED, BOOKED, Appointment, Slot
from clinicweb.clinic.models import Patient, Practitioner, Site
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, db
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import SystemActor

_WHO, _WITH = "P-0001", "DIAZ"
_SOON, _STEP = timedelta(minutes=10), timedelta(minutes=5)


def write_attention(rules: ClinicRules, actor: SystemActor) -> None:
    """Nothing where nobody is attended by video, or while one is still to come or going on."""
    if not rules.video.in_appointments:
        return
    with db.transaction(actor) as session:
        patient_id = session.scalar(select(Patient.id).where(Patient.mrn == _WHO))
        like = _an_hour_by_video(session)
        starts_at = _soon(clock.now())
        if patient_id is None or like is None or _is_busy(session, patient_id, like, starts_at):
            return
        zone = session.get_one(Site, like.site_id).timezone
        lasts = like.ends_at - like.starts_at
        slot = Slot(
            practitioner_id=like.practitioner_id, service_id=like.service_id,
            site_id=like.site_id, modality=like.modality, status=BOOKED, source="import",
            starts_at=starts_at, ends_at=starts_at + lasts,
            day=clock.local_day(starts_at, zone),
        )  # fmt: skip
        session.add(slot)
        session.flush()
        appointment = Appointment(
            public_id=new_public_id(), slot_id=slot.id, patient_id=patient_id,
            practitioner_id=like.practitioner_id, service_id=like.service_id,
            site_id=like.site_id, modality=like.modality, status=APPOINTMENT_BOOKED,
            starts_at=slot.starts_at, ends_at=slot.ends_at, created_at=clock.now(),
        )  # fmt: skip
        session.add(appointment)
        audit.record(
            session, "appointment.book", record_type="appointment",
            record_id=appointment.public_id, patient_id=patient_id,
        )  # fmt: skip


def _soon(now: datetime) -> datetime:
    """Ten minutes from now, or up to five more: hours begin at round minutes."""
    at = now + _SOON + _STEP
    return at - timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)


def _an_hour_by_video(session: Session) -> Slot | None:
    """One of the doctor's: with its service, place and length."""
    query = (
        select(Slot)
        .join(Practitioner, Practitioner.id == Slot.practitioner_id)
        .where(Practitioner.code == _WITH, Slot.modality == "virtual")
        .order_by(Slot.starts_at)
        .limit(1)
    )
    return session.scalar(query)


def _is_busy(session: Session, patient_id: int, like: Slot, starts_at: datetime) -> bool:
    ends_at = starts_at + (like.ends_at - like.starts_at)
    of_either = (Appointment.patient_id == patient_id) | (
        Appointment.practitioner_id == like.practitioner_id
    )
    query = select(Appointment.id).where(
        of_either,
        Appointment.status == APPOINTMENT_BOOKED,
        Appointment.starts_at < ends_at,
        Appointment.ends_at > clock.now(),
    )
    return session.scalar(query.limit(1)) is not None
