"""Giving an hour back on the pages: a look at it, one press, and the way home."""

from datetime import timedelta

import pytest

from clinicweb.booking.models import Appointment
from clinicweb.core import clock
from tests.booking import world
from tests.cast import ANA, ANAS_APPOINTMENT
from tests.checked_client import CheckedClient


@pytest.fixture
def ana(page) -> CheckedClient:
    return page(ANA)


def test_an_hour_is_released_after_a_look_at_it(ana: CheckedClient):
    ana.get(f"/citas/{ANAS_APPOINTMENT}/liberar")
    assert "15:00, hora de Santiago" in ana.text()

    ana.form("Liberar").submit()

    assert ana.follow().status_code == 200
    assert "Su hora quedó liberada" in ana.text()
    assert "No tiene horas reservadas" in ana.text()
    assert world.appointment(ANAS_APPOINTMENT).status == "cancelled"


def test_a_second_release_and_a_look_at_a_released_hour_lead_home(ana: CheckedClient):
    ana.get(f"/citas/{ANAS_APPOINTMENT}/liberar")
    form = ana.form("Liberar")
    form.submit()

    again, look = form.submit(), ana.get(f"/citas/{ANAS_APPOINTMENT}/liberar")

    assert {again.status_code, look.status_code} == {303}
    ana.follow()
    assert "ya fue liberada" in ana.text()
    assert world.appointment(ANAS_APPOINTMENT).sequence == 1


def test_an_hour_that_has_begun_is_not_released(ana: CheckedClient):
    started = clock.now() - timedelta(minutes=1)
    world.change(Appointment, Appointment.public_id == ANAS_APPOINTMENT, starts_at=started)

    ana.get("/")
    assert "La hora ya comenzó y no se puede liberar" in ana.text()
    assert ana.get(f"/citas/{ANAS_APPOINTMENT}/liberar").status_code == 303
    assert world.appointment(ANAS_APPOINTMENT).status == "booked"
