"""Where and when there are free hours, for the steps that ask for place, dates and hour."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from clinicweb.booking import starts
from clinicweb.booking.criteria import HourSearch, is_site_of, walked, wanted
from clinicweb.booking.models import GuideSeen, Slot
from clinicweb.booking.queries import FreeHour, free_hour, is_busy
from clinicweb.booking.starts import Hour
from clinicweb.booking.together import Stay
from clinicweb.clinic.models import Service, Site
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.viewer import Viewer

# So many starts of a period are looked at: two weeks of a busy service at one place.
_MOST_STARTS = 3000
_STAY = ("id", "starts_at", "ends_at", "site_id", "day")


@dataclass(frozen=True, slots=True)
class Place:
    """A site with free hours; *city* is empty where the clinic never said it."""

    code: str
    name: str
    address: str | None
    city: str
    gives: frozenset[int]  # the numbers of the searches that have hours there


@dataclass(frozen=True, slots=True)
class FreeStart:
    """A moment at which an hour begins; *day* on the site's calendar, *zone* the site's."""

    day: date
    starts_at: datetime
    zone: str


def list_places(viewer: Viewer, searches: Sequence[HourSearch]) -> tuple[Place, ...]:
    """The sites that have a free hour of any of *searches*, all of one place, by city and name."""
    # Yesterday's day too: it is the site's, and now is not.
    since = clock.now().date() - timedelta(days=1)
    there = [(Slot.site_id == Site.id) & (Slot.day >= since)]
    free = [starts.is_any(*there, *wanted(_anywhere(search))) for search in searches]
    query = select(Site, *free).order_by(Site.city, Site.name)
    query = query.where(*map(is_site_of, searches))
    for search in searches:
        if search.practitioner:  # else each site would look through all hours of the doctor
            theirs = select(Slot.site_id).where(*walked(search), Slot.day >= since)
            query = query.where(Site.id.in_(theirs))
    with reading() as session:
        rows = [
            (site, frozenset(number for number, has in enumerate(having) if has))
            for site, *having in session.execute(query)
        ]
        return tuple(
            Place(site.code, site.name, site.address, site.city or "", gives)
            for site, gives in rows
            if gives
        )


def _anywhere(search: HourSearch) -> HourSearch:
    return replace(search, city=None, site=None)


def list_stays(
    viewer: Viewer, search: HourSearch, *, first: date, last: date, only: int | None = None
) -> list[tuple[Stay, FreeStart]]:
    """
    Free hours from *first* to *last* at which the viewer is not busy, one of each start and site.

    Args:
        only: the id of the one hour, where it was kept for the viewer already.
    """
    columns = [getattr(Hour, name) for name in _STAY]
    if only is None:
        found = starts.starts_on(search, starts.days_at(search, first, last))
        query = starts.first_of_each(search, found, *columns, also=[~is_busy(viewer)])
    else:
        kept = exists().where(Slot.id == only, *wanted(search), ~is_busy(viewer))
        query = select(*columns).where(Hour.id == only, kept)
    query = query.add_columns(Site.timezone).join(Site, Site.id == Hour.site_id)
    with reading() as session:
        rows = session.execute(query.order_by(Hour.starts_at).limit(_MOST_STARTS))
        return [(Stay(*row[:5]), FreeStart(row[4], row[1], row[5])) for row in rows]


def stays_of(session: Session, ids: Sequence[int]) -> list[Stay]:
    """The hours of these *ids* that there are."""
    return [
        Stay(row.id, row.starts_at, row.ends_at, row.site_id, row.day)
        for row in session.scalars(select(Slot).where(Slot.id.in_(ids)))
    ]


def list_hours(viewer: Viewer, ids: Sequence[int]) -> dict[int, FreeHour]:
    """The hours of these *ids*, whoever has them by now."""
    load = (joinedload(Slot.practitioner), joinedload(Slot.site))
    query = select(Slot).where(Slot.id.in_(ids)).options(*load)
    with reading() as session:
        return {slot.id: free_hour(slot) for slot in session.scalars(query)}


def list_free_starts(
    viewer: Viewer, search: HourSearch, *, first: date, last: date
) -> tuple[FreeStart, ...]:
    """When free hours begin from *first* to *last*, in order; several at once count as one."""
    days = starts.days_at(search, first, last) if search.site else starts.days_between(first, last)
    found = starts.starts_on(search, days)
    query = (
        starts.first_of_each(search, found, Hour.day, Hour.starts_at)
        .add_columns(Site.timezone)
        .join(Site, Site.id == Hour.site_id)
        .order_by(Hour.day, Hour.starts_at)
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
