"""Reading a change of the agenda for whoever holds its link."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from clinicweb.booking.hour_rows import facts_of
from clinicweb.booking.models import AgendaChange, Appointment
from clinicweb.booking.moving_queries import Movable, NewHour, movable_of, nearest_hours, new_hour
from clinicweb.booking.policy import hour_rules, may_move
from clinicweb.booking.queries import FreeHour
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class ChangedHour:
    """
    What the mail told already, and no more: never what the appointment is for.

    ``is_open``: another hour can be chosen still; else ``outcome`` says what became of it.
    """

    starts_at: datetime
    zone: str
    practitioner_name: str
    site_text: str
    modality: str
    is_open: bool
    outcome: str | None
    movable: Movable


def find_changed_hour(rules: ClinicRules, change_id: str) -> ChangedHour:
    """As it is now.  Raises ``NotFound``."""
    with reading() as session:
        change, row = _find(session, change_id)
        now = clock.now()
        decision = may_move(hour_rules(rules.booking), facts_of(row, now), now=now)
        return ChangedHour(
            starts_at=row.starts_at,
            zone=row.site.timezone,
            practitioner_name=row.practitioner.full_name,
            site_text=row.site.full_name,
            modality=row.modality,
            is_open=change.ended_at is None and decision.allowed,
            outcome=change.outcome,
            movable=movable_of(rules, row),
        )


def _find(session: Session, change_id: str) -> tuple[AgendaChange, Appointment]:
    whole = joinedload(AgendaChange.appointment)
    query = (
        select(AgendaChange)
        .where(AgendaChange.id == change_id)
        .options(
            whole.joinedload(Appointment.practitioner),
            whole.joinedload(Appointment.service),
            whole.joinedload(Appointment.site),
        )
    )
    change = session.scalar(query)
    if change is None:
        raise NotFound
    return change, change.appointment


def list_alternatives(movable: Movable, *, count: int) -> tuple[FreeHour, ...]:
    """The nearest hours that can be had now."""
    with reading() as session:
        return nearest_hours(session, movable, count=count)


def get_alternative(movable: Movable, slot_id: int) -> NewHour:
    """Raises ``NotFound`` for what is no hour of the kind."""
    with reading() as session:
        return new_hour(session, movable, slot_id)
