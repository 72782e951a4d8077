"""The way into an attention by video: what its card says, and its page (S0-31, S0-32)."""

from datetime import timedelta

import pytest

from clinicweb.booking.models import Appointment
from clinicweb.core import clock
from clinicweb.core.i18n import moment
from tests.booking import world
from tests.cast import ANA, ANAS_APPOINTMENT, CLARA, ZONE
from tests.checked_client import CheckedClient

ROOM = f"/citas/{ANAS_APPOINTMENT}/entrar"
IS_IT = Appointment.public_id == ANAS_APPOINTMENT


@pytest.fixture
def ana(page) -> CheckedClient:
    return page(ANA)


def begins_in(minutes: int) -> None:
    at = clock.now() + timedelta(minutes=minutes)
    world.change(Appointment, IS_IT, starts_at=at, ends_at=at + timedelta(minutes=30))


def test_the_card_says_from_when_on_one_may_enter(ana):
    ana.get("/")

    opens = world.appointment(ANAS_APPOINTMENT).starts_at - timedelta(minutes=30)
    assert f"Podrá entrar desde las {moment(opens, ZONE).hour_text}." in ana.text()
    assert "Comenzar" not in ana.text()
    assert ana.get(ROOM).status_code == 200
    assert "Podrá entrar desde las" in ana.text()


@pytest.mark.parametrize("minutes", [29, -29])
def test_while_it_is_open_a_button_leads_to_what_to_do(ana, minutes: int):
    """S0-31, S0-32."""
    begins_in(minutes)
    ana.get("/")
    link = next(a for a in ana.page.elements("a") if a.get("href") == ROOM)
    assert "Comenzar" in "".join(link.itertext())

    assert ana.get(ROOM).status_code == 200

    assert "todavía no se hace desde este portal" in ana.text()
    assert "Llame a la clínica" in ana.text()


def test_there_is_no_room_when_it_is_over_or_not_by_video(ana, page):
    begins_in(-31)
    over = ana.get(ROOM).status_code
    begins_in(10)
    world.change(Appointment, IS_IT, modality="in_person")
    ana.get("/")

    assert over == 404
    assert ana.get(ROOM).status_code == 404
    assert "Podrá entrar" not in ana.get("/").text
    assert page(CLARA).get(ROOM).status_code == 404
