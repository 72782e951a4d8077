"""Reading an appointment for whoever holds the link of its reminder."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from clinicweb.accounts.models import Account
from clinicweb.booking.models import LIVE_STATUSES, Appointment
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import PATIENT, Viewer


@dataclass(frozen=True, slots=True)
class RemindedHour:
    """What the mail told already, and no more: never what the appointment is for."""

    starts_at: datetime
    zone: str
    practitioner_name: str
    site_text: str
    modality: str
    is_upcoming: bool
    is_confirmed: bool


def find_holder(rules: ClinicRules, public_id: str) -> Viewer | None:
    """Whoever the link speaks for: the patient's account, or that of who heads the family."""
    with reading() as session:
        row = session.scalar(select(Appointment).where(Appointment.public_id == public_id))
        if row is None:
            return None
        head_id = row.patient.family_head_id if rules.family.is_on else None
        query = select(Account).where(
            Account.patient_id.in_((row.patient_id, head_id)), Account.is_active
        )
        accounts = {account.patient_id: account for account in session.scalars(query)}
        account = accounts.get(row.patient_id) or accounts.get(head_id)
        return _speaking(account, row.patient_id) if account else None


def _speaking(account: Account, patient_id: int) -> Viewer:
    return Viewer(
        account_id=account.id,
        session_id=0,
        name=account.name,
        roles=frozenset({PATIENT}),
        patient_id=patient_id,
        holder_id=None if account.patient_id == patient_id else account.patient_id,
    )


def find_reminded_hour(public_id: str) -> RemindedHour:
    """Raises ``NotFound``."""
    query = (
        select(Appointment)
        .where(Appointment.public_id == public_id)
        .options(joinedload(Appointment.practitioner), joinedload(Appointment.site))
    )
    with reading() as session:
        row = session.scalar(query)
        if row is None:
            raise NotFound
        return RemindedHour(
            starts_at=row.starts_at,
            zone=row.site.timezone,
            practitioner_name=row.practitioner.full_name,
            site_text=row.site.full_name,
            modality=row.modality,
            is_upcoming=row.status in LIVE_STATUSES and row.starts_at > clock.now(),
            is_confirmed=row.confirmed_at is not None,
        )
