"""What a calendar address tells: when and where, never what for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from clinicweb.accounts.models import Account
from clinicweb.booking.models import LIVE_STATUSES, Appointment
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer
from clinicweb.family.members import family_of
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
    member_name: str  # the given name of whose it is, where that is another and may be told


def find_feed(viewer: Viewer) -> str | None:
    """The id of the viewer's own address."""
    with reading() as session:
        query = select(CalendarFeed.id).where(CalendarFeed.account_id == viewer.account_id)
        return session.scalar(query)


def list_feed_hours(feed_id: str, rules: ClinicRules) -> tuple[FeedHour, ...]:
    """
    Of whose account it is, and of those for whom they may act by now.

    Raises ``NotFound`` for an address that was closed or whose account was.
    """
    with reading() as session:
        patient_id = session.scalar(
            select(Account.patient_id)
            .join(CalendarFeed, CalendarFeed.account_id == Account.id)
            .where(CalendarFeed.id == feed_id, Account.is_active)
        )
        if patient_id is None:
            raise NotFound
        family = family_of(session, rules, patient_id)
        names = {m.patient_id: m.given_name for m in family if m.decision.allowed and not m.is_self}
        is_told = rules.family.names_in_calendars
        return tuple(
            _hour(row, names.get(row.patient_id, "") if is_told else "")
            for row in session.scalars(_hours([patient_id, *names]))
        )


def _hours(patient_ids: Sequence[int]) -> Select[Appointment]:
    return (
        select(Appointment)
        .where(
            Appointment.patient_id.in_(patient_ids),
            Appointment.status.in_(LIVE_STATUSES),
            Appointment.starts_at > clock.now() - _BACK,
        )
        .options(joinedload(Appointment.site))
        .order_by(Appointment.starts_at)
        .limit(_MOST)
    )


def _hour(row: Appointment, member_name: str) -> FeedHour:
    return FeedHour(
        public_id=row.public_id,
        sequence=row.sequence,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=row.site.timezone,
        location=row.site.full_name if row.modality == "in_person" else "",
        member_name=member_name,
    )
