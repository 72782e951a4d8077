"""People as one act needs them: locked, and what they have at a time."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.booking.models import LIVE_STATUSES, Appointment, Slot
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.viewer import Viewer
from clinicweb.family.actions import check_acting


def lock_people(session: Session, rules: ClinicRules, viewer: Viewer) -> Patient:
    """Whom the hour is for, locked with the holder of the account, who may act for them still."""
    ids = {viewer.patient_id, viewer.holder_id} - {None}
    people = lock_patients(session, [int(one or 0) for one in ids])
    check_acting(session, rules, viewer)
    return people[int(viewer.patient_id or 0)]


def lock_patients(session: Session, ids: Collection[int]) -> dict[int, Patient]:
    # Two windows of one person that book at once would wait for each other at the constraint,
    # and a sanction of the account must be seen.  Rows that only point at the patient are not
    # kept waiting.
    query = select(Patient).where(Patient.id.in_(ids)).order_by(Patient.id)
    return {row.id: row for row in session.scalars(query.with_for_update(key_share=True))}


def is_busy(
    session: Session, patient_id: int, slot: Slot, *, but: Appointment | None = None
) -> bool:
    """Whether somebody has another appointment than *but* at the time of *slot*."""
    query = select(Appointment.id).where(
        Appointment.patient_id == patient_id,
        Appointment.status.in_(LIVE_STATUSES),
        Appointment.starts_at < slot.ends_at,
        Appointment.ends_at > slot.starts_at,
    )
    if but is not None:
        query = query.where(Appointment.id != but.id)
    return session.scalar(query.limit(1)) is not None
