"""The mail of a booking, and of a release, as they arrive at a real SMTP server."""

import re
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar
from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.conftest import Enter
from tests.journeys.world import ADDRESS, ANAS_ADDRESS, ANAS_NAME, Portal


def test_mails_with_a_calendar_tell_of_booking_and_release(enter: Enter, portal: Portal):
    """S0-28, S0-30, S3-58…59: «Núñez» and «Ñuñoa» as written, on page, in mail, in calendar."""
    ana = enter()
    walk.sign_in(ana)
    walk.begin(ana)
    walk.search(ana, "Dermatología", "Dr. Tomás Ñancupil")
    expect(ana.days).to_contain_text("Ir al")
    ana.activate(ana.days)
    ana.arrive(walk.HOUR)
    hour = walk.take_hour(ana)
    expect(ana.page.locator("dl")).to_contain_text(ADDRESS)
    walk.confirm(ana)
    expect(ana.page.locator("main")).to_contain_text("Le enviamos la confirmación a su correo")
    walk.go_home(ana)
    expect(ana.cards.filter(has_text="Dr. Tomás Ñancupil")).to_contain_text(ADDRESS)
    walk.release(ana, hour)

    booked, released = portal.mail.wait_for(2)

    assert [mail["To"] for mail in (booked, released)] == [ANAS_ADDRESS] * 2
    for mail in (booked, released):
        for kind in ("plain", "html"):
            text = body(mail, kind)
            assert ANAS_NAME in text
            assert "Dr. Tomás Ñancupil" in text
            assert ADDRESS in text
            assert hour in text
    first, second = event(booked, "REQUEST"), event(released, "CANCEL")
    assert first["UID"] == second["UID"]
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert (first["STATUS"], second["STATUS"]) == ("CONFIRMED", "CANCELLED")
    for told in (first, second):
        assert ADDRESS in told["LOCATION"]
        assert f"{told.start:%H:%M}" == hour
        assert str(told.start.tzinfo) == "America/Santiago"
        assert "Dermatología" not in str(told["SUMMARY"])


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part, f"no {kind} text"
    return str(part.get_content())


def link_to(portal: Portal, path: str, *, count: int) -> str:
    """The address below *path* in Ana's last mail, when the portal has sent *count* mails."""
    portal.mail.wait_for(count)
    found = re.search(rf"https?://\S+{path}\S+", body(portal.mail.to(ANAS_ADDRESS)[-1], "plain"))
    assert found, "the mail holds no such link"
    return found[0]


def event(mail: EmailMessage, method: str) -> Any:
    files = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(files[0].get_payload(decode=True))
    assert calendar["METHOD"] == method
    (found,) = calendar.walk("VEVENT")
    return found
