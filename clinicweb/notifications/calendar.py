"""
An appointment as the reader's own calendar understands it: iCalendar (RFC 5545, 5546).

Pure but for ``core.clock``, which dates the file.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress
from icalendar.enums import CLASS, CUTYPE, PARTSTAT, ROLE, STATUS, TRANSP

from clinicweb.core import clock

PRODUCT = "-//clinicweb//clinicweb//ES"
REQUEST = "REQUEST"
CANCEL = "CANCEL"
# A method with any other status is refused by the readers' calendars.
STATUS_OF = {REQUEST: STATUS.CONFIRMED, CANCEL: STATUS.CANCELLED}
# The rules of the zone are told for this long around the event.
_AROUND = timedelta(days=366)
# How often readers are asked to fetch a feed again.
_REFRESH = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """
    One version of one appointment.

    Args:
        uid: the same for all versions of the appointment.
        sequence: rises with each version; an older one is ignored by calendars.
        starts_at, ends_at: aware.
        zone: the site's, e.g. ``America/Santiago``.
        summary: read by whoever sees the person's calendar: no clinical words.
        organizer_email: empty for the sender of the mail.
        url: empty for the portal's own address.
    """

    uid: str
    sequence: int
    method: Literal["REQUEST", "CANCEL"]
    starts_at: datetime
    ends_at: datetime
    zone: str
    summary: str
    attendee_email: str
    location: str = ""
    description: str = ""
    organizer_name: str = ""
    organizer_email: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        if self.method not in STATUS_OF:
            raise ValueError(f"unknown method {self.method!r}")
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("naive datetime")
        if self.ends_at <= self.starts_at:
            raise ValueError("an event ends after it starts")

    @property
    def status(self) -> str:
        return STATUS_OF[self.method].value

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        times = {name: datetime.fromisoformat(values[name]) for name in ("starts_at", "ends_at")}
        return cls(**{**values, **times})


def to_ics(event: CalendarEvent) -> bytes:
    """
    *event* as the text of an ``.ics`` file, UTF-8, lines of at most 75 octets.

    Raises: ``ValueError`` when nobody organizes it, or when an address cannot be one.
    """
    _check_addresses(event)
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", event.method)
    calendar.add_component(_timezone(event.zone, event.starts_at, event.ends_at))
    calendar.add_component(_vevent(event))
    return calendar.to_ical()


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One appointment in a calendar that is subscribed to; fields as in ``CalendarEvent``."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    summary: str
    location: str
    url: str


def to_feed(events: Sequence[FeedEvent], *, name: str) -> bytes:
    """*events* as a whole calendar without a method: readers fetch it again by themselves."""
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("X-WR-CALNAME", name)
    calendar.add("REFRESH-INTERVAL", _REFRESH, parameters={"VALUE": "DURATION"})
    for zone in sorted({event.zone for event in events}):
        calendar.add_component(_timezone(zone, *_span(events, zone)))
    for event in events:
        calendar.add_component(_feed_vevent(event))
    return calendar.to_ical()


def _span(events: Sequence[FeedEvent], zone: str) -> tuple[datetime, datetime]:
    there = [event for event in events if event.zone == zone]
    return min(event.starts_at for event in there), max(event.ends_at for event in there)


def _feed_vevent(event: FeedEvent) -> Event:
    return Event.new(
        uid=event.uid,
        stamp=clock.now().replace(microsecond=0),
        sequence=event.sequence,
        status=STATUS.CONFIRMED,
        start=_told(event.starts_at, event.zone),
        end=_told(event.ends_at, event.zone),
        summary=event.summary,
        location=event.location or None,
        url=event.url,
        classification=CLASS.PRIVATE,
        transparency=TRANSP.OPAQUE,
    )


def _check_addresses(event: CalendarEvent) -> None:
    if not event.organizer_email:
        raise ValueError("an invitation needs an organizer")
    # These are written as they are: a line break would begin a property of its own.
    for value in (event.uid, event.zone, event.attendee_email, event.organizer_email, event.url):
        if not value.isprintable() or " " in value:
            raise ValueError("white space where none can be")


def _vevent(event: CalendarEvent) -> Event:
    return Event.new(
        uid=event.uid,
        stamp=clock.now().replace(microsecond=0),
        sequence=event.sequence,
        status=STATUS_OF[event.method],
        start=_told(event.starts_at, event.zone),
        end=_told(event.ends_at, event.zone),
        summary=event.summary,
        location=event.location or None,
        description=event.description or None,
        url=event.url or None,
        organizer=vCalAddress.new(event.organizer_email, cn=event.organizer_name or None),
        attendees=[_attendee(event.attendee_email)],
        classification=CLASS.PRIVATE,
        transparency=TRANSP.OPAQUE,
    )


def _attendee(email: str) -> vCalAddress:
    # Whoever booked has accepted; an answer by mail would reach nobody.
    return vCalAddress.new(
        email,
        cutype=CUTYPE.INDIVIDUAL,
        role=ROLE.REQ_PARTICIPANT,
        partstat=PARTSTAT.ACCEPTED,
        rsvp=False,
    )


def _told(instant: datetime, zone: str) -> datetime:
    """*instant* by the wall clock of *zone*, so that a late change of its rules moves it too."""
    there = clock.local(instant, zone).replace(microsecond=0)
    # The second of two equal wall times cannot be told but in UTC.
    return there.astimezone(UTC) if there.fold else there


def _timezone(zone: str, starts_at: datetime, ends_at: datetime) -> Timezone:
    timezone = Timezone.from_tzid(
        zone,
        first_date=_quiet_day((starts_at - _AROUND).date(), zone),
        last_date=(ends_at + _AROUND).date(),
    )
    for change in timezone.subcomponents:
        _correct_onset(change, zone)
    return timezone


def _quiet_day(day: date, zone: str) -> date:
    """
    *day*, or the last one before it on which no clock changes in *zone*.

    The rules told begin on it: a change on that very day would begin with them, and a reader
    could not tell which of both counts.
    """
    one = timedelta(days=1)
    while _offset(day - one, zone) != _offset(day + one, zone):
        day -= one
    return day


def _offset(day: date, zone: str) -> timedelta | None:
    return datetime.combine(day, time(12), ZoneInfo(zone)).utcoffset()


def _correct_onset(change: TimezoneStandard | TimezoneDaylight, zone: str) -> None:
    """
    Let *change* begin at the wall time before it, as RFC 5545 (3.6.5) wants.

    icalendar 7.3 writes the wall time after it when clocks go forward: an hour too late.
    """
    jump = change.TZOFFSETTO - change.TZOFFSETFROM
    onset = change.DTSTART
    # The right wall time is the one that was skipped: it does not exist.
    if jump <= timedelta(0) or clock.instant_of(onset.date(), onset.time(), zone) is None:
        return
    change.DTSTART = onset - jump
    later = [start - jump for start, _ in change.rdates]
    if later:
        del change["RDATE"]
        change.add("RDATE", later)
