"""Who waits for an hour, the hours that were freed for them, and to whom each was offered."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinicweb.booking.models import Appointment, Slot
from clinicweb.clinic.models import Patient, Practitioner, Service, Site
from clinicweb.core.db import Base

# WaitingEntry.ended_why
LEFT = "left"
SERVED = "served"

# HourOffer.answer
ACCEPTED = "accepted"
DECLINED = "declined"
LAPSED = "lapsed"

IS_WAITING = text("ended_at IS NULL")
IS_OPEN = text("answer IS NULL")


class WaitingEntry(Base):
    """
    Somebody asked to be told when such an hour is freed; what is None is any.

    ``appointment_id``: wanted is one earlier than that; when it is live no more, nobody waits.
    ``first_day`` and ``last_day``, both inclusive, are days of the site's calendar.
    """

    __tablename__ = "waiting_entry"
    __table_args__ = (
        # In the order of waiting.
        Index(
            "ix_waiting_entry_waiting", "service_id", "id",
            sqlite_where=IS_WAITING, postgresql_where=IS_WAITING,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    practitioner_id: Mapped[int | None] = mapped_column(ForeignKey("practitioner.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    modality: Mapped[str | None] = mapped_column(String(20))
    first_day: Mapped[date]
    last_day: Mapped[date]
    part: Mapped[str] = mapped_column(String(10))  # any, morning, afternoon
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None] = mapped_column(String(10))

    patient: Mapped[Patient] = relationship()
    service: Mapped[Service] = relationship()
    practitioner: Mapped[Practitioner | None] = relationship()
    site: Mapped[Site | None] = relationship()
    appointment: Mapped[Appointment | None] = relationship()


class FreedHour(Base):
    """
    An hour was freed and somebody waits for such: the worker looks at it when its time comes.

    The row is there until the hour is taken, or nobody who waits can have it.  Whoever changes
    it holds the lock of its slot.
    """

    __tablename__ = "freed_hour"

    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True)
    freed_at: Mapped[datetime]
    look_at: Mapped[datetime] = mapped_column(index=True)


class HourOffer(Base):
    """A freed hour is kept for who waited, until ``ends_at``, an answer, or nothing."""

    __tablename__ = "hour_offer"
    __table_args__ = (
        Index(
            "uq_hour_offer_open_slot", "slot_id",
            unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN,
        ),
        # One hour at a time: nobody keeps a whole day from the others.
        Index(
            "uq_hour_offer_open_entry", "entry_id",
            unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN,
        ),
        Index(None, "slot_id", "entry_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("waiting_entry.id"))
    offered_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(String(10))
    answered_at: Mapped[datetime | None]
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))

    entry: Mapped[WaitingEntry] = relationship()
    slot: Mapped[Slot] = relationship()
    appointment: Mapped[Appointment | None] = relationship()
