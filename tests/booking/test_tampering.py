"""What a browser sends is only a wish: hours and dates that were never offered are refused."""

import pytest
from sqlalchemy import select, update

from clinicweb.booking.models import FREE, Slot
from clinicweb.clinic.models import Service
from clinicweb.core import db
from tests.cast import ANA


@pytest.fixture
def search(page):
    """Ana at the search of general medicine."""
    browser = page(ANA)
    browser.follow()
    browser.click("Reservar una nueva hora haciendo click aquí")
    browser.follow()
    browser.form("Ver horas").fill(service="Medicina general").submit()
    return browser


@pytest.fixture
def hours(search):
    """Ana before the hours of the first day."""
    search.form("#days").submit()
    search.follow()
    return search.form("Continuar con la reserva")


def an_hour_of(service):
    with db.reading() as session:
        query = select(Slot.id).join(Service).where(Service.code == service, Slot.status == FREE)
        return str(session.scalars(query.limit(1)).one())


def test_an_hour_of_another_service_cannot_be_slipped_in(hours):
    hours.values["slot"] = an_hour_of("car")

    assert hours.submit().status_code == 409


def test_an_hour_that_patients_do_not_book_cannot_be_slipped_in(hours):
    with db.current().writing() as session:
        session.execute(update(Service).values(booking="view"))
    hours.values["slot"] = an_hour_of("mg")

    assert hours.submit().status_code == 409


@pytest.mark.parametrize("slot", ["0", "-1", "9" * 18, "9" * 19, "²", "1 OR 1=1", ""])
def test_what_is_no_hour_is_a_kind_answer(hours, slot):
    hours.values["slot"] = slot

    assert hours.submit_anyway().status_code in (409, 422)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-W01-1", "hoy"])
def test_any_date_in_the_address_shows_the_search(search, day):
    assert search.get(f"{search.url}&from={day}").status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_any_date_that_is_sent_leaves_the_search_usable(search, day):
    address = search.url
    days = search.form("#days")
    days.values["day"] = day

    days.submit()

    assert search.get(address).status_code == 200
