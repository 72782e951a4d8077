"""The booking pages as a patient meets them, and what she can do wrong there."""

import re
from datetime import timedelta

import pytest

from clinicweb.booking.models import FREE, WITHDRAWN, Slot
from clinicweb.core import clock, db
from clinicweb.core.drafts import Draft
from clinicweb.core.ids import new_public_id
from tests.booking import world
from tests.booking.world import free_slots, prepare, viewer_of
from tests.cast import ANA, CLARA
from tests.checked_client import CheckedClient

NEW = "Reservar una nueva hora haciendo click aquí"


def search(browser: CheckedClient, **wanted: str) -> CheckedClient:
    browser.get("/")
    browser.click(NEW)
    browser.follow()
    browser.form("Ver horas").fill(wanted or {"service": "Medicina general"}).submit()
    return browser


def choose_day(browser: CheckedClient) -> CheckedClient:
    search(browser).form("#days").submit()
    browser.follow()
    return browser


def choose_hour(browser: CheckedClient, slot_id: int | None = None) -> CheckedClient:
    choose_day(browser).form("#slot").fill(slot=str(slot_id or free_slots()[0])).submit()
    browser.follow()
    return browser


@pytest.fixture
def ana(page) -> CheckedClient:
    return page(ANA)


def test_a_search_is_an_address_that_shows_the_same_again(ana: CheckedClient):
    search(ana).form("Ver horas").fill(practitioner="Dra. Inés Soto").submit()

    words = ana.text()
    ana.get(ana.url)

    assert "service=mg&practitioner=soto" in ana.url
    assert ana.text() == words
    assert "4 horas libres" in words


def test_another_specialty_shows_its_own_professionals(ana: CheckedClient):
    search(ana, service="Cardiología")

    assert list(ana.form("Ver horas").options("practitioner")) == ["soto"]


def test_a_professional_of_another_specialty_is_forgotten(ana: CheckedClient):
    search(ana)
    ana.get(f"{ana.url.partition('?')[0]}?service=car&practitioner=diaz")

    assert ana.form("Ver horas").values["practitioner"] == ""


def test_an_empty_week_leads_to_the_next_day_with_hours(ana: CheckedClient):
    kept = free_slots()[0]
    with clock.frozen(clock.now()):
        later = world.slot(kept).starts_at + timedelta(days=20)
        world.change(Slot, Slot.status == FREE, status=WITHDRAWN)
        world.change(
            Slot, Slot.id == kept, status=FREE, starts_at=later, day=later.date(),
            ends_at=later + timedelta(minutes=30),
        )  # fmt: skip
    search(ana)

    assert "Los próximos días con horas son" in ana.text()
    ana.form("#days").submit("day")
    ana.follow()
    assert list(ana.form("#slot").options("slot")) == [str(kept)]


def test_without_any_hours_the_search_says_so(ana: CheckedClient):
    world.change(Slot, Slot.status == FREE, status=WITHDRAWN)

    assert "No hay horas libres en estas fechas" in search(ana).text()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("service", "no-such"),
        ("service", ""),
        ("service", "\x00"),
        ("practitioner", "nobody"),
        ("practitioner", "\x00"),
        ("day", ""),
        ("day", "mañana"),
        ("day", "2026-02-30"),
        ("day", "2026-03-03T10"),
    ],
)
def test_what_was_not_offered_is_refused_and_the_rest_is_kept(
    ana: CheckedClient, field: str, value: str
):
    days = search(ana).form("#days")
    days.values["practitioner"] = "soto"
    days.values.setlist("day", [next(iter(re.findall(r"\d{4}-\d\d-\d\d", days_html(ana))))])
    days.values[field] = value

    answer = days._send(days.values, {})

    assert answer.status_code == 422
    shown = ana.form("Ver horas").values
    assert shown["service"] == ("" if field == "service" else "mg")
    assert shown["practitioner"] == ("soto" if field == "day" else "")


def days_html(browser: CheckedClient) -> str:
    assert browser.last is not None
    return browser.last.get_data(as_text=True)


@pytest.mark.parametrize("step", ["hora", "confirmar", "lista"])
def test_nobody_jumps_ahead(ana: CheckedClient, step: str):
    ana.get(f"/reservar/{new_public_id()}/{step}")

    assert ana.follow().request.path.endswith("/buscar")


def test_a_step_that_is_none_is_not_found(ana: CheckedClient):
    assert ana.get(f"/reservar/{new_public_id()}/pagar").status_code == 404


def test_anothers_draft_looks_like_none_begun(ana: CheckedClient, page):
    hers = choose_hour(page(CLARA)).url.split("/")[2]
    mine = new_public_id()

    answers = [ana.get(f"/reservar/{draft}/confirmar") for draft in (hers, mine)]
    pages = []
    for draft in (hers, mine):
        ana.get(f"/reservar/{draft}/buscar")
        pages.append(ana.text())

    assert [answer.status_code for answer in answers] == [303, 303]
    assert pages[0] == pages[1]


def test_answering_in_anothers_draft_begins_ones_own(ana: CheckedClient, page):
    hers = choose_hour(page(CLARA)).url.split("/")[2]
    search(ana)
    ana.get(f"/reservar/{hers}/buscar?service=mg")

    ana.form("#days").submit()

    with db.reading() as session:
        assert "hora" in session.get_one(Draft, hers).answers
    assert hers not in ana.last.location


def test_changing_the_day_asks_for_the_hour_again_and_keeps_the_rest(ana: CheckedClient):
    choose_hour(ana)
    ana.click("Cambiar: Especialidad")
    ana.form("#days").submit(str(world.slot(free_slots()[-1]).day))

    assert ana.follow().request.path.endswith("/hora")
    assert ana.get(ana.url.replace("/hora", "/confirmar")).status_code == 303


def test_the_same_day_again_keeps_the_hour(ana: CheckedClient):
    slot_id = free_slots()[0]
    choose_hour(ana, slot_id)
    ana.click("Cambiar: Especialidad")
    ana.form("#days").submit(str(world.slot(slot_id).day))

    assert ana.follow().request.path.endswith("/confirmar")


def test_the_check_page_says_until_when_the_hour_is_kept(ana: CheckedClient):
    choose_hour(ana)

    kept_until = world.slot(free_slots()[0]).held_until
    local = clock.local(kept_until, "America/Santiago")
    assert f"Guardamos esta hora hasta las {local:%H:%M}." in ana.text()
    world.change(Slot, Slot.id == free_slots()[0], held_until=clock.now())
    ana.get(ana.url)
    assert "ya no la guardamos" in ana.text()


def test_an_hour_that_somebody_keeps_is_lost_kindly(ana: CheckedClient, page):
    first = free_slots()[0]
    choose_day(ana)
    choose_hour(page(CLARA), first)

    answer = ana.form("#slot").fill(slot=str(first)).submit()

    assert answer.status_code == 409
    assert "Otra persona tomó esa hora mientras usted elegía." in ana.text()
    assert "Las horas libres más cercanas" in ana.text()
    assert len(re.findall(r'value="\d+"', days_html(ana).partition("</fieldset>")[0])) == 3
    assert str(first) not in ana.form("#slot").options("slot")
    ana.form("#slot").fill(slot=str(free_slots()[1])).submit()
    assert ana.follow().request.path.endswith("/confirmar")


def test_who_is_busy_then_is_offered_other_times(ana: CheckedClient):
    first = free_slots()[0]
    choose_hour(ana, first)
    other = prepare(viewer_of("Ana"), free_slots("soto")[0]).book()

    answer = ana.form("Confirmar Reserva").submit()

    assert answer.status_code == 409
    assert "Usted ya tiene otra hora reservada a esa misma hora." in ana.text()
    busy = world.appointment(other)
    nearest = days_html(ana).partition("</fieldset>")[0]
    for slot_id in re.findall(r'value="(\d+)"', nearest):
        offered = world.slot(int(slot_id))
        assert offered.ends_at <= busy.starts_at or offered.starts_at >= busy.ends_at


def test_a_second_press_and_back_and_reload_book_once(ana: CheckedClient):
    form = choose_hour(ana).form("Confirmar Reserva")
    before = world.totals()["appointment"]

    first, second = form.submit(), form.submit()

    assert [first.status_code, second.status_code] == [303, 303]
    assert first.location == second.location
    ana.follow()
    assert "Su hora ha sido reservada de forma correcta" in ana.text()
    for step in ("buscar", "hora", "confirmar"):
        ana.get(first.location.replace("lista", step))
        assert ana.follow().request.path == first.location
    assert world.totals()["appointment"] == before + 1


def test_a_finished_booking_is_not_changed_from_an_old_page(ana: CheckedClient):
    choose_hour(ana)
    address = ana.url
    ana.get(address.replace("confirmar", "buscar") + "?service=mg")
    old_days = ana.form("#days")
    ana.get(address)
    ana.form("Confirmar Reserva").submit()
    with db.reading() as session:
        answers = dict(session.get_one(Draft, address.split("/")[2]).answers)

    answer = old_days.submit(str(world.slot(free_slots()[-1]).day))

    assert answer.location.endswith("/lista")
    with db.reading() as session:
        assert session.get_one(Draft, address.split("/")[2]).answers == answers


def test_what_changed_in_another_window_is_read_again_before_it_is_confirmed(ana: CheckedClient):
    first, second = free_slots()[:2]
    form = choose_hour(ana, first).form("Confirmar Reserva")
    ana.get(ana.url.replace("confirmar", "hora"))
    ana.form("#slot").fill(slot=str(second)).submit()

    assert form.submit().status_code == 422
    assert "Sus respuestas cambiaron en otra ventana" in ana.text()
    assert ana.form("Confirmar Reserva").submit().status_code == 303
    assert world.slot(first).status == FREE
