"""
Agendas, the hours published from them, who took them, and what the web may not give.

What must never happen is forbidden by the database itself (see the first migration): two live
appointments on one slot (partial unique index), or overlapping ones of one practitioner or of
one patient (exclusion constraints on PostgreSQL, triggers on SQLite).
"""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinicweb.clinic.models import Agreement, Patient, Practitioner, Service, Site
from clinicweb.core.db import Base

# Slot.status
FREE = "free"
BOOKED = "booked"
BLOCKED = "blocked"  # another hour of the same practitioner, taken, overlaps it
WITHDRAWN = "withdrawn"  # no agenda gives it any more, or a closure covers it

# Appointment.status, FHIR's words
APPOINTMENT_BOOKED = "booked"
APPOINTMENT_CANCELLED = "cancelled"
LIVE_STATUSES = ("booked", "arrived", "checked-in")

IS_LIVE = text("status IN ('booked', 'arrived', 'checked-in')")
IS_FREE = text("status = 'free'")


class Agenda(Base):
    """When a practitioner attends: a weekly rule (FHIR Schedule).  Times are the site's."""

    __tablename__ = "agenda"
    __table_args__ = (
        Index(
            "uq_agenda_natural_key",
            "practitioner_id", "service_id", "site_id", "modality",
            "weekday", "from_time", "valid_from",
            unique=True,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioner.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    modality: Mapped[str] = mapped_column(String(20))
    weekday: Mapped[int]  # ISO: Monday is 1
    from_time: Mapped[time]
    to_time: Mapped[time]
    slot_minutes: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    web_quota: Mapped[int | None]  # hours a day that the web may take


class Closure(Base):
    """A time in which a practitioner, a site, or both together, attend nobody."""

    __tablename__ = "closure"
    __table_args__ = (Index(None, "practitioner_id", "site_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int | None] = mapped_column(ForeignKey("practitioner.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(200))


class Slot(Base):
    """One hour that exists (FHIR Slot); published from an agenda or imported."""

    __tablename__ = "slot"
    __table_args__ = (
        # Publishing again finds what is there by this key.
        Index(
            "uq_slot_natural_key",
            "practitioner_id", "starts_at", "service_id", "site_id", "modality",
            unique=True,
        ),
        # The questions of the booking pages: of one doctor, answered from the index alone; of
        # anybody, by jumps from start to start; and at which site.
        Index(
            "ix_slot_free",
            "service_id", "practitioner_id", "day", "starts_at", "site_id", "modality",
            "held_until", "held_by_draft_id",
            sqlite_where=IS_FREE, postgresql_where=IS_FREE,
        ),
        Index(
            "ix_slot_free_start", "service_id", "day", "starts_at", "id",
            sqlite_where=IS_FREE, postgresql_where=IS_FREE,
        ),
        Index(
            "ix_slot_free_site",
            "service_id", "site_id", "modality", "day", "starts_at", "id",
            sqlite_where=IS_FREE, postgresql_where=IS_FREE,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioner.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    modality: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    day: Mapped[date]  # on the site's wall calendar
    source: Mapped[str] = mapped_column(String(10))  # agenda, import
    status: Mapped[str] = mapped_column(String(10), default=FREE)
    held_until: Mapped[datetime | None]
    held_by_draft_id: Mapped[str | None] = mapped_column(String(22), index=True)
    held_by_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    practitioner: Mapped[Practitioner] = relationship()
    service: Mapped[Service] = relationship()
    site: Mapped[Site] = relationship()


class Appointment(Base):
    """A person has this hour, or had it (FHIR Appointment)."""

    __tablename__ = "appointment"
    __table_args__ = (
        Index(
            "uq_appointment_live_slot", "slot_id",
            unique=True, sqlite_where=IS_LIVE, postgresql_where=IS_LIVE,
        ),
        Index(None, "patient_id", "starts_at"),
        Index(None, "practitioner_id", "starts_at"),
        # What begins soon: reminders ask it every few seconds.
        Index(
            "ix_appointment_live_starts_at", "starts_at",
            sqlite_where=IS_LIVE, postgresql_where=IS_LIVE,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioner.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"))
    modality: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(20))
    # A confirmed draft books once, however often it is sent; of several hours the first has it.
    draft_id: Mapped[str | None] = mapped_column(String(22), unique=True)
    # Rises with each change that the person's calendar must hear of (iCalendar SEQUENCE).
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    # The person said, after a reminder, that they will come.
    confirmed_at: Mapped[datetime | None]
    # It was at another hour until then.
    moved_at: Mapped[datetime | None]
    # Since then the person knows that the clinic cannot attend it (``AgendaChange``).
    affected_at: Mapped[datetime | None]

    patient: Mapped[Patient] = relationship()
    practitioner: Mapped[Practitioner] = relationship()
    service: Mapped[Service] = relationship()
    site: Mapped[Site] = relationship()
    agreement: Mapped[Agreement | None] = relationship()

    @property
    def told_status(self) -> str:
        """As its owner reads it: ``confirmed`` where they said that they will come."""
        is_confirmed = self.confirmed_at is not None and self.status == APPOINTMENT_BOOKED
        return "confirmed" if is_confirmed else self.status


class AgendaChange(Base):
    """
    The clinic cannot attend an appointment any more, and told so; its ``id`` is in the links.

    It ends when the person takes another hour or gives this one back, or the hour is given again.
    """

    __tablename__ = "agenda_change"

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), index=True)
    told_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(10))  # moved, released, restored

    appointment: Mapped[Appointment] = relationship()


class WebQuota(Base):
    """
    How many hours of a doctor, service, place and day the web may take, and has taken (S3-84).

    A day without a row has no quota.  ``taken`` is counted by the UPDATE that takes: of fifty
    who want the last one, the database lets one through.
    """

    __tablename__ = "web_quota"
    __table_args__ = (
        Index(
            "uq_web_quota_natural_key",
            "practitioner_id", "day", "service_id", "site_id", "modality",
            unique=True,
        ),
        CheckConstraint("taken >= 0", name="taken_is_a_count"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioner.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    modality: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    total: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)


class WebCancellation(Base):
    """Somebody gave an hour back on the web; what the clinic itself cancels is not here."""

    __tablename__ = "web_cancellation"
    __table_args__ = (Index(None, "account_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"))
    at: Mapped[datetime]


class WebSanction(Base):
    """An account may not book on the web before the day ``until``, in the clinic's time (S3-38)."""

    __tablename__ = "web_sanction"
    __table_args__ = (Index(None, "account_id", "until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    # Whose account it is: so the clinic finds it by the record's number.
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"))
    reason: Mapped[str] = mapped_column(String(20))  # late, repeated
    made_at: Mapped[datetime]
    until: Mapped[date]
    lifted_at: Mapped[datetime | None]
    lifted_why: Mapped[str | None] = mapped_column(String(200))


class GuideSeen(Base):
    """An account has read the guide to booking; it is shown by itself no more."""

    __tablename__ = "guide_seen"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    seen_at: Mapped[datetime]
