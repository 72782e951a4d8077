"""The appointments of one person, by what became of them."""

from sqlalchemy import ColumnElement

from clinicweb.booking.models import APPOINTMENT_CANCELLED, IS_LIVE, Appointment
from clinicweb.booking.queries import AppointmentRow, read_appointments
from clinicweb.core import clock
from clinicweb.core.viewer import Viewer

COMING, PAST, CANCELLED = "proximas", "anteriores", "canceladas"
_MOST = 50


def list_appointments(viewer: Viewer, which: str) -> tuple[AppointmentRow, ...]:
    """Of the person whom *viewer* acts for (S3-32); coming ones by day, others the latest first."""
    order = Appointment.starts_at if which == COMING else Appointment.starts_at.desc()
    return read_appointments(viewer, *_conditions(which), order=order, most=_MOST)


def _conditions(which: str) -> list[ColumnElement[bool]]:
    now = clock.now()
    is_cancelled = Appointment.status == APPOINTMENT_CANCELLED
    if which == CANCELLED:
        return [is_cancelled]
    if which == PAST:
        return [~is_cancelled, Appointment.ends_at <= now]
    return [IS_LIVE, Appointment.ends_at > now]  # type: ignore[list-item]
