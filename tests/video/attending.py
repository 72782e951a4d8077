"""Appointments by video of the cast, and what stands in the tables about them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from clinicweb.accounts.models import Account
from clinicweb.audit.models import AuditEvent
from clinicweb.booking.models import Appointment
from clinicweb.clinic.rules import ClinicRules, load_rules
from clinicweb.core import clock, db
from clinicweb.core.text import text_hash
from clinicweb.core.viewer import Viewer
from clinicweb.video import attention_actions as acts
from clinicweb.video.attention_models import Attention
from clinicweb.video.boxes import acting_for
from clinicweb.video.models import Call
from tests.cast import ANAS_APPOINTMENT, CLARAS_APPOINTMENT

RULES = load_rules("teleconsulta")
ROOM = f"/citas/{ANAS_APPOINTMENT}/entrar"


def rules_with(**video: Any) -> ClinicRules:
    return RULES.model_copy(update={"video": RULES.video.model_copy(update=video)})


def change(appointment_id: str, **values: Any) -> None:
    with db.current().writing() as session:
        its = update(Appointment).where(Appointment.public_id == appointment_id)
        session.execute(its.values(**values))


def begins_in(minutes: float, appointment_id: str = ANAS_APPOINTMENT) -> None:
    at = clock.now() + timedelta(minutes=minutes)
    change(appointment_id, starts_at=at, ends_at=at + timedelta(minutes=30))


def attended_by_diaz(minutes: float) -> None:
    """Clara's hour is his too, and begins in *minutes*."""
    with db.reading() as session:
        his = select(Account.practitioner_id).where(Account.name == "Diaz")
        practitioner_id = session.scalars(his).one()
    # One statement: he is not with two at once.
    at = clock.now() + timedelta(minutes=minutes)
    ends = {"starts_at": at, "ends_at": at + timedelta(minutes=30)}
    change(CLARAS_APPOINTMENT, practitioner_id=practitioner_id, **ends)


def come(
    viewer: Viewer, appointment_id: str = ANAS_APPOINTMENT, rules: ClinicRules = RULES
) -> Viewer:
    """All that a person does before they wait; as whom they come."""
    acting = acting_for(viewer, rules, appointment_id)
    shown = text_hash(rules.video.consent.text)
    acts.accept_telecare(rules, acts.AcceptTelecare(acting, appointment_id, shown, "127.0.0.1"))
    acts.confirm_name(rules, acting, appointment_id, "Ana Núñez")
    acts.arrive(rules, acting, appointment_id)
    return acting


def attention_of(appointment_id: str = ANAS_APPOINTMENT) -> Attention:
    query = select(Attention).join(Appointment, Appointment.id == Attention.appointment_id)
    with db.reading() as session:
        row = session.scalars(query.where(Appointment.public_id == appointment_id)).one()
        session.expunge(row)
        return row


def status_of(appointment_id: str = ANAS_APPOINTMENT) -> str:
    query = select(Appointment.status).where(Appointment.public_id == appointment_id)
    with db.reading() as session:
        return session.scalars(query).one()


def call_of(call_id: str) -> Call:
    with db.reading() as session:
        row = session.scalars(select(Call).where(Call.public_id == call_id)).one()
        session.expunge(row)
        return row


def journal(appointment_id: str = ANAS_APPOINTMENT) -> list[str]:
    """Each act on it around its box."""
    query = select(AuditEvent.action).where(
        AuditEvent.record_id == appointment_id, AuditEvent.record_type == "appointment"
    )
    with db.reading() as session:
        return list(session.scalars(query.order_by(AuditEvent.id)))
