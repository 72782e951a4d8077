"""What a calendar address tells: when and where, never what for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from clinicweb.accounts.models import Account
from clinicweb.booking.models import LIVE_STATUSES, Appointment
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer
from clinicweb.feed.models import CalendarFeed

# Calendars keep what was there before; older hours are the portal's history.
_BACK = timedelta(days=30)
_MOST = 200


@dataclass(frozen=True, slots=True)
class FeedHour:
    """One appointment of the feed; instants are aware, UTC."""

    public_id: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    location: str  # empty for a video consultation


def find_feed(viewer: Viewer) -> str | None:
    """The id of the viewer's own address."""
    with reading() as session:
        query = select(CalendarFeed.id).where(CalendarFeed.account_id == viewer.account_id)
        return session.scalar(query)


def list_feed_hours(feed_id: str) -> tuple[FeedHour, ...]:
    """Raises ``NotFound`` for an address that was closed or whose account was."""
    with reading() as session:
        patient_id = session.scalar(
            select(Account.patient_id)
            .join(CalendarFeed, CalendarFeed.account_id == Account.id)
            .where(CalendarFeed.id == feed_id, Account.is_active)
        )
        if patient_id is None:
            raise NotFound
        return tuple(_hour(row) for row in session.scalars(_hours(patient_id)))


def _hours(patient_id: int) -> Select[Appointment]:
    return (
        select(Appointment)
        .where(
            Appointment.patient_id == patient_id,
            Appointment.status.in_(LIVE_STATUSES),
            Appointment.starts_at > clock.now() - _BACK,
        )
        .options(joinedload(Appointment.site))
        .order_by(Appointment.starts_at)
        .limit(_MOST)
    )


def _hour(row: Appointment) -> FeedHour:
    return FeedHour(
        public_id=row.public_id,
        sequence=row.sequence,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=row.site.timezone,
        location=row.site.full_name if row.modality == "in_person" else "",
    )
