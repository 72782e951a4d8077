"""A calendar address: one's own hours, for whoever knows it, until it is closed."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from clinicweb.booking.models import Appointment
from clinicweb.core import clock, tokens
from clinicweb.core.ids import new_public_id
from clinicweb.feed.models import CalendarFeed
from tests.booking import world
from tests.cast import ANA, ANAS_APPOINTMENT, CLARA
from tests.checked_client import CheckedClient

PAGE = "/mi-calendario"
OTHER_KEY = "another key that is long enough as well"


@pytest.fixture
def ana(page) -> CheckedClient:
    return page(ANA)


def address_of(client: CheckedClient) -> str:
    """The path of the address that the page shows, made when there is none."""
    client.get(PAGE)
    if "Crear mi dirección" in client.text():
        client.form(PAGE).submit()
        client.follow()
    [path] = re.findall(r'value="http://localhost(/calendario/[^"]+)"', client.get(PAGE).text)
    return path


def events(client: CheckedClient, address: str) -> list:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def test_a_stranger_who_knows_the_address_reads_when_and_nothing_of_what_for(ana, page):
    address = address_of(ana)

    [hour] = events(page(), address)

    row = world.appointment(ANAS_APPOINTMENT)
    assert hour["UID"] == f"{ANAS_APPOINTMENT}@clinicweb"
    assert hour.decoded("DTSTART") == row.starts_at
    assert hour.decoded("DTEND") == row.ends_at
    told = hour.to_ical().decode()
    assert "Medicina" not in told
    assert "Díaz" not in told
    assert "Ana" not in told


def test_an_hour_given_back_is_gone_and_old_hours_stay_for_a_month(ana, page):
    address, row = address_of(ana), world.appointment(ANAS_APPOINTMENT)
    is_it = Appointment.public_id == ANAS_APPOINTMENT
    length = row.ends_at - row.starts_at
    seen = []
    for days in (29, 31):
        begins = clock.now() - timedelta(days=days)
        world.change(Appointment, is_it, starts_at=begins, ends_at=begins + length)
        seen.append(len(events(page(), address)))
    world.change(Appointment, is_it, starts_at=row.starts_at, ends_at=row.ends_at)
    world.change(Appointment, is_it, status="cancelled")

    assert seen == [1, 0]
    assert events(page(), address) == []


def test_what_did_not_change_is_not_sent_again(ana, page):
    address, stranger = address_of(ana), page()
    etag = stranger.get(address).headers["ETag"]

    same = stranger.get(address, headers={"If-None-Match": etag})
    world.change(Appointment, Appointment.public_id == ANAS_APPOINTMENT, sequence=1)
    changed = stranger.get(address, headers={"If-None-Match": etag})

    assert (same.status_code, same.data) == (304, b"")
    assert changed.status_code == 200


def test_another_address_ends_the_one_before(ana, page):
    first = address_of(ana)
    ana.get(PAGE)
    ana.form(PAGE).submit()

    assert page().get(first).status_code == 404
    assert len(events(page(), address_of(ana))) == 1


def test_a_closed_address_is_nobodys(ana, page):
    address = address_of(ana)
    ana.get(PAGE)
    ana.form("/mi-calendario/cerrar").submit()
    ana.follow()

    assert "ya no sirve" in ana.text()
    assert page().get(address).status_code == 404


def test_the_address_is_the_same_each_time_and_not_anothers(ana, page):
    assert address_of(ana) == address_of(ana)
    assert address_of(page(CLARA)) != address_of(ana)


def test_an_address_of_ones_own_ends_nobody_elses(ana, page):
    address = address_of(ana)

    address_of(page(CLARA))

    assert len(events(page(), address)) == 1


def test_made_up_addresses_are_nobodys(app, ana, page):
    address_of(ana)
    with world.db.reading() as session:
        [feed_id] = session.scalars(world.select(CalendarFeed.id))
    keys = app.extensions["clinicweb.settings"].keys()
    made_up = [
        feed_id,
        tokens.issue(keys, "calendar-feed", feed_id),
        tokens.issue_lasting(keys, "reset-password", feed_id),
        tokens.issue_lasting((OTHER_KEY,), "calendar-feed", feed_id),
        tokens.issue_lasting(keys, "calendar-feed", new_public_id()),
    ]

    answers = [page().get(f"/calendario/{token}.ics").status_code for token in made_up]

    assert answers == [404] * len(made_up)


def test_an_address_dies_with_its_account(ana, page):
    address = address_of(ana)
    from clinicweb.accounts.models import Account

    world.change(Account, Account.name == "Ana", is_active=False)

    assert page().get(address).status_code == 404
