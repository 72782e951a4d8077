"""Which reminders are done with."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from clinicweb.core.db import Base


class AppointmentReminder(Base):
    """The reminder *hours_before* of an appointment was sent, or is not needed any more."""

    __tablename__ = "appointment_reminder"

    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), primary_key=True)
    hours_before: Mapped[int] = mapped_column(primary_key=True)
    # Of the appointment: one that moved to another hour is reminded of anew.
    sequence: Mapped[int] = mapped_column(primary_key=True)
    noted_at: Mapped[datetime]
