"""What becomes of a change of the agenda that somebody was told of, within the act itself."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from clinicweb.booking.models import AgendaChange, Appointment
from clinicweb.core import clock

MOVED, RELEASED, RESTORED = "moved", "released", "restored"


def end(session: Session, appointment: Appointment, outcome: str) -> None:
    """Its links lead to no other hour any more; nothing where there is no change."""
    if appointment.affected_at is None:
        return
    appointment.affected_at = None
    session.execute(
        update(AgendaChange)
        .where(AgendaChange.appointment_id == appointment.id, AgendaChange.ended_at.is_(None))
        .values(ended_at=clock.now(), outcome=outcome)
        .execution_options(synchronize_session=False)
    )
