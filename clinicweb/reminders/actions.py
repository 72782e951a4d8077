"""Reminding people of their hours, and what they answer by the link of the reminder."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.booking.models import LIVE_STATUSES, Appointment
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import transaction
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.queue import work_through
from clinicweb.core.viewer import SystemActor
from clinicweb.reminders import letters, policy
from clinicweb.reminders.models import AppointmentReminder

NOT_UPCOMING = "reminder.not_upcoming"

_WORKER = SystemActor("reminders")
_BY_LINK = SystemActor("reminder-link")


def remind(rules: ClinicRules, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """
    The worker's part: remind everybody whose time has come, each once, however many workers.

    Returns: how many appointments were looked at.
    """
    looked_at = 0
    for hours_before in sorted(rules.reminders.hours_before):
        while not is_stopping():
            taken = work_through(
                _waiting(hours_before), _WORKER, lambda session, row: _remind(rules, session, row)
            )
            looked_at += taken
            if not taken:
                break
    return looked_at


def _waiting(hours_before: int) -> Select[Appointment]:
    now = clock.now()
    is_noted = exists().where(
        AppointmentReminder.appointment_id == Appointment.id,
        AppointmentReminder.hours_before == hours_before,
        AppointmentReminder.sequence == Appointment.sequence,
    )
    return (
        select(Appointment)
        .where(
            Appointment.status.in_(LIVE_STATUSES),
            Appointment.starts_at > now,
            Appointment.starts_at <= now + timedelta(hours=hours_before),
            # Whom the clinic cannot attend was told another thing.
            Appointment.affected_at.is_(None),
            ~is_noted,
        )
        .order_by(Appointment.starts_at)
    )


def _remind(rules: ClinicRules, session: Session, row: Appointment) -> None:
    facts = policy.ReminderFacts(row.starts_at, row.moved_at or row.created_at)
    due = policy.reminders_due(rules.reminders.hours_before, facts, now=clock.now())
    noted = _noted(session, row)
    _note(session, row, set(due) - noted)
    # Once a nearer one went out, those before it are late news.
    if due and due[0] not in noted and policy.is_worth_sending(due[0], facts):
        letters.remind(session, rules, row, hours_before=due[0])


def _noted(session: Session, row: Appointment) -> set[int]:
    """Read under the lock of the appointment: another worker may have just done it."""
    query = select(AppointmentReminder.hours_before).where(
        AppointmentReminder.appointment_id == row.id,
        AppointmentReminder.sequence == row.sequence,
    )
    return set(session.scalars(query))


def _note(session: Session, row: Appointment, hours: set[int]) -> None:
    if not hours:
        return
    session.add_all(
        AppointmentReminder(
            appointment_id=row.id, hours_before=before, sequence=row.sequence, noted_at=clock.now()
        )
        for before in sorted(hours)
    )
    _record(session, "appointment.remind", row)


def confirm_by_link(appointment_id: str) -> None:
    """
    «Sí, asistiré»; saying it again changes nothing.

    Raises: ``NotAllowed`` (``reminder.not_upcoming``) for an hour that was released or has begun.
    """
    query = select(Appointment).where(Appointment.public_id == appointment_id).with_for_update()
    with transaction(_BY_LINK) as session:
        row = session.scalar(query)
        if row is None:
            raise NotFound
        if row.status not in LIVE_STATUSES or row.starts_at <= clock.now():
            raise NotAllowed(NOT_UPCOMING)
        if row.confirmed_at is None:
            row.confirmed_at = clock.now()
            _record(session, "appointment.confirm", row)


def _record(session: Session, action: str, row: Appointment) -> None:
    audit.record(
        session,
        action,
        record_type="appointment",
        record_id=row.public_id,
        patient_id=row.patient_id,
    )
