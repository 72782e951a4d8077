"""That somebody is there, as their page says by asking; and who looked at what was noted."""

from sqlalchemy import select, update

from clinicweb.audit import actions as audit
from clinicweb.booking.models import Appointment
from clinicweb.core import clock
from clinicweb.core.db import noting
from clinicweb.core.viewer import Viewer
from clinicweb.video import lines
from clinicweb.video.attention_models import Attention
from clinicweb.video.attention_rows import Expected, RoomRow


def note_present(row: RoomRow) -> None:
    """Their page has just asked for *row*; the doctor hears of it where they seemed to be gone."""
    if not row.is_waiting or not row.may_enter.allowed:
        return
    its = select(Appointment.id).where(Appointment.public_id == row.appointment_id)
    seen = (
        update(Attention)
        .where(
            Attention.appointment_id == its.scalar_subquery(),
            Attention.left_at.is_(None),  # in another window, a moment ago
        )
        .values(seen_at=clock.now())
        .returning(Attention.appointment_id)
        .execution_options(synchronize_session=False)
    )
    with noting() as session:
        appointment_id = session.scalar(seen)
        if appointment_id is not None and not row.is_here:
            lines.announce_waiting(session, appointment_id)


def note_read(viewer: Viewer, row: Expected) -> None:
    """The journal's line: what the doctor noted was looked at."""
    with noting() as session:
        audit.log_read(
            session,
            viewer,
            "attention.read",
            record=("appointment", row.appointment_id),
            patient_id=row.patient_id,
        )
