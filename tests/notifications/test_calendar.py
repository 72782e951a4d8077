"""The calendar file: the same instant everywhere, and no more than the calendar needs."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from dateutil import tz
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from clinicweb.core import clock
from clinicweb.notifications.calendar import CalendarEvent, to_ics
from tests.notifications.mails import ANA, an_event

ZONES = ("America/Santiago", "America/Tijuana", "America/Bogota", "America/Asuncion")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
YEARS = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def parsed(event: CalendarEvent) -> tuple[Calendar, Event]:
    calendar = Calendar.from_ical(to_ics(event))
    return calendar, calendar.events[0]


def starting(starts_at: datetime, zone: str) -> CalendarEvent:
    return an_event(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=20), zone=zone)


def test_what_is_written_is_what_is_read():
    with clock.frozen(NOW):
        calendar, event = parsed(an_event(description="Llegue 10 minutos antes, con su cédula."))

    assert calendar["METHOD"] == "REQUEST"
    assert calendar["VERSION"] == "2.0"
    assert event["UID"] == "vIJ0n9bXTG2cA1Xq0dJxZA@clinicweb"
    assert event["SEQUENCE"] == 0
    assert event["SUMMARY"] == "Hora en Clínica Álamos"
    assert event["LOCATION"] == an_event().location
    assert event["DESCRIPTION"] == "Llegue 10 minutos antes, con su cédula."
    assert event["STATUS"] == "CONFIRMED"
    assert event["ORGANIZER"] == "mailto:citas@alamos.cl"
    assert event["ORGANIZER"].params["CN"] == "Clínica Álamos"
    assert event["ATTENDEE"] == f"mailto:{ANA}"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert event.DTSTAMP == NOW


def test_the_hour_is_told_in_the_time_of_its_place():
    ics = to_ics(an_event())

    assert b"DTSTART;TZID=America/Santiago:20261201T103000\r\n" in ics
    assert b"DTEND;TZID=America/Santiago:20261201T105000\r\n" in ics


def test_a_released_hour_cancels_the_same_event_in_a_later_version():
    _, first = parsed(an_event())

    calendar, second = parsed(an_event(method="CANCEL", sequence=1))

    assert calendar["METHOD"] == "CANCEL"
    assert second["STATUS"] == "CANCELLED"
    assert second["UID"] == first["UID"]
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert second.start == first.start


@pytest.mark.parametrize("zone", ZONES)
@settings(deadline=None)  # the first file of a zone takes longer than all others
@given(starts_at=YEARS)
def test_a_reader_finds_the_instant_by_the_rules_in_the_file_alone(zone, starts_at):
    starts_at = starts_at.replace(second=0, microsecond=0)

    ics = to_ics(starting(starts_at, zone))

    assert instant_by_dateutil(ics, zone) == starts_at


@pytest.mark.parametrize("days", range(-3, 4))
def test_rules_that_would_begin_on_the_day_of_a_change_begin_before_it(days):
    """Asunción's last change was on 2024-10-06: 366 days before the first of these."""
    starts_at = datetime(2025, 10, 7, tzinfo=UTC) + timedelta(days=days)

    ics = to_ics(starting(starts_at, "America/Asuncion"))

    assert instant_by_dateutil(ics, "America/Asuncion") == starts_at


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("America/Santiago", datetime(2026, 4, 5, 3, tzinfo=UTC)),
        ("America/Santiago", datetime(2026, 9, 6, 4, tzinfo=UTC)),
        ("America/Tijuana", datetime(2027, 3, 14, 10, tzinfo=UTC)),
        ("America/Tijuana", datetime(2026, 11, 1, 9, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("minutes", [-60, -30, -1, 0, 1, 30, 59, 60, 61])
def test_around_a_change_of_the_clocks_the_instant_stays(zone, change, minutes):
    starts_at = change + timedelta(minutes=minutes)

    ics = to_ics(starting(starts_at, zone))

    assert Calendar.from_ical(ics).events[0].start.astimezone(UTC) == starts_at
    assert instant_by_dateutil(ics, zone) == starts_at


@pytest.mark.parametrize(
    ("zone", "day", "onset"),
    [
        ("America/Santiago", datetime(2026, 9, 10, tzinfo=UTC), "20260906T000000"),
        ("America/Tijuana", datetime(2027, 3, 20, tzinfo=UTC), "20270314T020000"),
    ],
)
def test_summer_time_begins_at_the_wall_time_that_is_skipped(zone, day, onset):
    timezone = Calendar.from_ical(to_ics(starting(day, zone))).timezones[0]

    onsets = [
        start.strftime("%Y%m%dT%H%M%S")
        for change in timezone.daylight
        for start in (change.DTSTART, *(later for later, _ in change.rdates))
    ]
    assert onset in onsets


def instant_by_dateutil(ics: bytes, zone: str) -> datetime:
    """When the event begins for a reader that knows no zones but those that the file tells."""
    text = ics.decode()
    starts = re.search(r"BEGIN:VEVENT.*?DTSTART[^:]*:(\w+)", text, re.DOTALL)
    assert starts
    if starts[1].endswith("Z"):
        return datetime.fromisoformat(starts[1])
    told = tz.tzical(io.StringIO(text)).get(zone)
    return datetime.fromisoformat(starts[1]).replace(tzinfo=told).astimezone(UTC)


def test_no_line_is_longer_than_75_octets_and_accents_stay_whole():
    event = an_event(description="Ñandú, cigüeña, pingüino; año: " * 20, summary="Ñ" * 90)

    ics = to_ics(event)

    assert max(len(line) for line in ics.split(b"\r\n")) <= 75
    assert all(line.decode() for line in ics.strip().split(b"\r\n"))
    assert parsed(event)[1]["SUMMARY"] == "Ñ" * 90
    assert parsed(event)[1]["DESCRIPTION"] == event.description


def test_line_breaks_in_texts_begin_no_property():
    event = an_event(summary="Hora\r\nX-EVIL:1", organizer_name='Clínica "A"\r\nX-EVIL:1')

    ics = to_ics(event)

    assert not any(line.startswith(b"X-EVIL") for line in ics.splitlines())


@pytest.mark.parametrize("name", ["uid", "attendee_email", "organizer_email", "url", "zone"])
def test_a_line_break_where_nothing_is_escaped_is_refused(name):
    with pytest.raises(ValueError, match="white space"):
        to_ics(an_event(**{name: "a@ejemplo.cl\r\nX-EVIL:1"}))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"method": "PUBLISH"}, "unknown method"),
        ({"starts_at": datetime(2026, 1, 1)}, "naive"),  # noqa: DTZ001
        ({"ends_at": an_event().starts_at}, "ends after"),
    ],
)
def test_an_event_that_cannot_be_is_refused(changes, told):
    with pytest.raises(ValueError, match=told):
        an_event(**changes)


def test_an_invitation_of_nobody_is_refused():
    with pytest.raises(ValueError, match="organizer"):
        to_ics(an_event(organizer_email=""))


def test_an_event_survives_its_way_through_the_database():
    event = an_event(method="CANCEL", sequence=3)

    assert CalendarEvent.from_json(event.to_json()) == event
