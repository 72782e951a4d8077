"""Changing an hour on the pages: choose, read what it means, press, and lose nothing on the way."""

from datetime import timedelta

import pytest

from clinicweb.booking.models import Appointment, Slot
from clinicweb.core import clock
from tests.architecture.world import SAME_ORIGIN
from tests.booking import world
from tests.booking.world import free_slots, prepare, viewer_of
from tests.cast import ANA, ANAS_APPOINTMENT, CLARAS_APPOINTMENT
from tests.checked_client import CheckedClient

HOURS = f"/citas/{ANAS_APPOINTMENT}/cambiar"


@pytest.fixture
def ana(page) -> CheckedClient:
    return page(ANA)


def choose(ana: CheckedClient, slot_id: int) -> CheckedClient:
    ana.get(HOURS)
    ana.form("#slot").fill(slot=str(slot_id)).submit()
    return ana


def test_an_hour_is_changed_after_reading_what_it_means(ana: CheckedClient):
    ana.get("/")
    [link] = [found for found in ana.page.elements("a") if "/cambiar" in found.get("href", "")]
    ana.get(link.get("href"))
    assert "Dr. Pablo Díaz" in ana.text()
    new = free_slots()[1]
    ana.form("Continuar").fill(slot=str(new)).submit()
    ana.follow()

    told = ana.text()
    ana.form("Cambiar a esta hora").submit()
    ana.follow()

    for words in ("Hora actual", "15:00", "Nueva hora", "09:30", "Guardamos esta hora"):
        assert words in told
    assert "Una hora se puede cambiar hasta que comienza. Cambiarla no cuenta" in told
    assert "Su hora cambió: la nueva ya es suya." in ana.text()
    assert world.appointment(ANAS_APPOINTMENT).slot_id == new


def test_pressing_twice_and_coming_back_change_nothing_more(ana: CheckedClient):
    new = free_slots()[1]
    choose(ana, new).follow()
    form = ana.form("Cambiar a esta hora")
    first, second = form.submit(), form.submit()

    back = ana.get(f"{HOURS}/{new}")

    assert {first.status_code, second.status_code, back.status_code} == {303}
    assert world.appointment(ANAS_APPOINTMENT).sequence == 1
    assert world.mails(ANAS_APPOINTMENT) == ["appointment_moved 1"]


def test_who_loses_an_hour_keeps_their_own_and_is_shown_the_next(ana: CheckedClient):
    lost = free_slots()[1]
    choose(ana, lost).follow()
    form = ana.form("Cambiar a esta hora")
    world.change(Slot, Slot.id == lost, held_until=None, held_by_draft_id=None)
    prepare(viewer_of("Clara"), lost).book()

    answer = form.submit()

    assert answer.status_code == 409
    assert "Otra persona tomó esa hora" in ana.text()
    assert "Las horas libres más cercanas" in ana.text()
    assert len(list(ana.form("#slot").options("slot"))) >= 3
    assert world.appointment(ANAS_APPOINTMENT).sequence == 0


def test_an_hour_taken_before_it_was_chosen_is_told_at_once(ana: CheckedClient):
    lost = free_slots()[1]
    ana.get(HOURS)
    form = ana.form("#slot").fill(slot=str(lost))
    prepare(viewer_of("Clara"), lost).book()

    assert form.submit().status_code == 409
    assert "Otra persona tomó esa hora" in ana.text()


def test_her_own_doctor_comes_first_and_others_are_one_press_away(ana: CheckedClient):
    ana.get(HOURS)
    own = set(ana.form("#slot").options("slot"))

    ana.click("Con cualquier profesional")

    found = set(ana.form("#slot").options("slot"))
    assert own < found
    assert own <= {str(slot_id) for slot_id in free_slots("diaz")}
    assert "Dra. Inés Soto" in ana.text()


def test_another_day_is_a_link_and_no_hour_asks_for_one(ana: CheckedClient):
    ana.get(HOURS)
    days = [link for link in ana.page.elements("a") if "dia=" in (link.get("href") or "")]

    ana.get(days[-1].get("href"))
    token = ana.form("#slot").values["csrf_token"]
    nothing = ana.post(HOURS, data={"csrf_token": token}, headers=SAME_ORIGIN)

    assert len(days) == 5
    assert nothing.status_code == 422
    assert "Elija una hora." in ana.text()


def test_an_hour_that_began_is_not_changed(ana: CheckedClient):
    started = clock.now() - timedelta(minutes=1)
    world.change(Appointment, Appointment.public_id == ANAS_APPOINTMENT, starts_at=started)

    assert ana.get(HOURS).status_code == 303
    ana.follow()
    assert "La hora ya comenzó y no se puede cambiar" in ana.text()
    assert "Cambiar hora" not in ana.text()


def test_anothers_appointment_and_hours_of_other_services_are_not_there(ana: CheckedClient):
    free = free_slots()[0]
    of_another_service = free_slots("soto", "car")[0]

    assert ana.get(f"/citas/{CLARAS_APPOINTMENT}/cambiar").status_code == 404
    assert ana.get(f"/citas/{CLARAS_APPOINTMENT}/cambiar/{free}").status_code == 404
    assert ana.get(f"{HOURS}/{of_another_service}").status_code == 404


def test_what_the_clinic_cannot_attend_is_told_on_the_card(ana: CheckedClient):
    now = clock.now()
    world.change(Appointment, Appointment.public_id == ANAS_APPOINTMENT, affected_at=now)

    ana.get("/")

    assert "La clínica cambió su agenda" in ana.text()
    choose(ana, free_slots()[1]).follow()
    assert "no cuenta como cancelación suya" in ana.text()
