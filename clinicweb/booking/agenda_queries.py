"""Where and when there are free hours, for the steps that ask for place, dates and hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select

from clinicweb.booking.criteria import HourSearch, wanted
from clinicweb.booking.models import GuideSeen, Slot
from clinicweb.clinic.models import Service, Site
from clinicweb.core.db import reading
from clinicweb.core.viewer import Viewer

# So many starts of a period are looked at: two weeks of a busy service at one place.
_MOST_STARTS = 3000


@dataclass(frozen=True, slots=True)
class Place:
    """A site with free hours; *city* is empty where the clinic never said it."""

    code: str
    name: str
    address: str | None
    city: str


@dataclass(frozen=True, slots=True)
class FreeStart:
    """A moment at which an hour begins; *day* on the site's calendar, *zone* the site's."""

    day: date
    starts_at: datetime
    zone: str


def list_places(viewer: Viewer, search: HourSearch) -> tuple[Place, ...]:
    """The sites that have a free hour of *search*, by city and name."""
    free = exists().where(Slot.site_id == Site.id, *wanted(search))
    query = select(Site).where(free).order_by(Site.city, Site.name)
    with reading() as session:
        return tuple(
            Place(site.code, site.name, site.address, site.city or "")
            for site in session.scalars(query)
        )


def list_free_starts(
    viewer: Viewer, search: HourSearch, *, first: date, last: date
) -> tuple[FreeStart, ...]:
    """When free hours begin from *first* to *last*, in order; several at once count as one."""
    query = (
        select(Slot.day, Slot.starts_at, Site.timezone)
        .join(Site)
        .where(*wanted(search), Slot.day >= first, Slot.day <= last)
        .distinct()
        .order_by(Slot.day, Slot.starts_at)
        .limit(_MOST_STARTS)
    )
    with reading() as session:
        return tuple(FreeStart(*row) for row in session.execute(query))


def list_recommendations(viewer: Viewer, services: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(name, text) of those *services* (codes) that have something to say before one comes."""
    query = (
        select(Service.name, Service.recommendations)
        .where(Service.code.in_(services), Service.recommendations.is_not(None))
        .order_by(Service.search_key)
    )
    with reading() as session:
        return tuple((name, str(text)) for name, text in session.execute(query) if text)


def has_seen_guide(viewer: Viewer) -> bool:
    with reading() as session:
        return session.get(GuideSeen, viewer.account_id) is not None
