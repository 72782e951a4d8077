"""S1-14 to S1-31: the long way to an hour, page by page, on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clinicweb.booking.models import BOOKED, FREE, Slot
from clinicweb.core import db
from tests.architecture.test_weight import weight
from tests.booking import long_way, world
from tests.booking.long_way import begin, choose_way, press
from tests.cast import ANA, CLARA, Person
from tests.checked_client import CheckedClient
from tests.pages import make_app, sign_in

Enter = Callable[[Person], CheckedClient]
ECO = "Ecografía abdominal"


@pytest.fixture
def enter(any_clinic_url: str, tmp_path: Path) -> Iterator[Enter]:
    app = make_app(any_clinic_url, tmp_path, clinic=str(long_way.clinic_file(tmp_path)))
    with db.current().writing() as session:
        long_way.fill(session)
    yield lambda person: sign_in(app, person)
    db.current().dispose()


@pytest.fixture
def ana(enter: Enter) -> CheckedClient:
    return enter(ANA)


def step(browser: CheckedClient) -> str:
    return browser.url.partition("?")[0].rpartition("/")[2]


def to_agenda(browser: CheckedClient, city: str = "Santiago") -> CheckedClient:
    choose_way(browser, "Por procedimiento")
    press(browser, "#found", ECO)
    press(browser, "#city", city)
    return press(browser, "Ver agenda")


def to_summary(browser: CheckedClient) -> CheckedClient:
    to_agenda(browser)
    slot = next(iter(browser.form("#slot").options("slot")))
    press(browser, "#slot", slot=slot)
    return press(browser, "Siguiente")


def test_the_way_has_the_manuals_order_and_ends_with_an_appointment(ana: CheckedClient):
    order = []

    begin(ana)
    for act in (
        lambda: press(ana, "#area", "Medicina"),
        lambda: press(ana, "#modality", "Presencial"),
        lambda: press(ana, "#by", "Por procedimiento"),
        lambda: press(ana, "#found", ECO),
        lambda: press(ana, "#city", "Santiago"),
        lambda: press(ana, "Ver agenda"),
        lambda: press(ana, "#slot", slot=next(iter(ana.form("#slot").options("slot")))),
        lambda: press(ana, "Siguiente"),
        lambda: press(ana, "Asignar cita"),
    ):
        order.append(step(ana))
        act()

    assert order == [
        "tipo", "modalidad", "por", "busqueda", "ciudad", "fechas", "agenda", "recomendaciones",
        "confirmar",
    ]  # fmt: skip
    assert long_way.BOOKED in ana.text()
    assert ECO in ana.text()
    assert "Sede Norte" in ana.text()


def test_a_step_with_one_answer_answers_itself_and_says_so(ana: CheckedClient):
    begin(ana)
    choose_way(ana, "Por procedimiento")
    press(ana, "#found", ECO)
    press(ana, "#city", "Santiago")

    assert step(ana) == "fechas"
    assert "Sólo hay una sede: Sede Norte" in ana.text()


def test_what_is_found_among_5000_procedures_is_light(
    ana: CheckedClient, record_property: Callable[[str, object], None]
):
    """S1-24: each answer while one types, brotli as on the wire, with all its headers."""
    with db.current().writing() as session:
        long_way.fill_5000(session)
    choose_way(begin(ana), "Por procedimiento")

    for typed in ("otorrino", "Nuñez", "núñez", "resonanci", "radiografja"):
        answer = ana.htmx_get(f"{ana.url}?q={typed}", "form#found")

        body = answer.get_data(as_text=True)
        assert body.count("<li>") == 8
        assert "Se ven los primeros 8" in body
        light = weight(answer)
        record_property(f"bytes {typed}", light)
        assert light <= 2048


def test_who_has_no_agreement_is_not_asked_and_one_is_said(enter: Enter):
    clara = enter(CLARA)
    begin(clara, agreement=None)
    assert step(clara) == "tipo"
    assert "convenio" not in clara.text()


def test_the_guide_is_shown_once_and_whenever_somebody_asks(ana: CheckedClient):
    begin(ana)
    ana.get("/")
    ana.click("Ingresar")
    ana.follow()
    press(ana, "#agreement", agreement="Fonasa")

    assert step(ana) == "inicio"
    ana.click("Ver otra vez cómo funciona")
    assert ana.text().count("Lámina ") == 3
    ana.click("Comenzar")
    assert step(ana.follow() and ana) == "convenio"


def test_another_city_forgets_the_hour_and_keeps_the_dates(ana: CheckedClient):
    to_summary(begin(ana))
    address = ana.url.rpartition("/")[0]
    ana.get(f"{address}/ciudad")

    press(ana, "#city", "Valparaíso")

    assert step(ana) == "agenda"
    assert "Sede Costa" in ana.text()


def test_an_hour_of_another_place_is_not_taken_from_an_old_page(ana: CheckedClient):
    to_agenda(begin(ana))
    form = ana.form("#slot")
    address = ana.url.rpartition("/")[0]
    ana.get(f"{address}/ciudad")
    press(ana, "#city", "Valparaíso")

    answer = form.fill(slot=next(iter(form.options("slot")))).submit()

    assert answer.status_code == 409
    assert "Otra persona tomó esa hora" in ana.text()


def test_nobody_jumps_over_a_step(ana: CheckedClient):
    begin(ana)
    address = ana.url.rpartition("/")[0]
    for key in ("busqueda", "ciudad", "sede", "fechas", "agenda", "recomendaciones", "confirmar"):
        assert ana.get(f"{address}/{key}").status_code == 303
        ana.follow()
        assert step(ana) == "tipo"


def test_back_and_reload_keep_every_answer(ana: CheckedClient):
    to_summary(begin(ana))
    address = ana.url.rpartition("/")[0]

    for key in ("convenio", "tipo", "modalidad", "por", "busqueda", "ciudad", "fechas", "agenda"):
        assert ana.get(f"{address}/{key}").status_code == 200
    ana.get(f"{address}/confirmar")

    assert "Isapre Ñuble" in ana.text()
    press(ana, "Asignar cita")
    assert long_way.BOOKED in ana.text()


def test_two_windows_go_two_ways(enter: Enter):
    one, other = enter(ANA), enter(ANA)
    to_agenda(begin(one))
    other.get("/")
    other.click("Ingresar")
    other.follow()
    press(other, "#agreement", agreement="Fonasa")
    press(other, "Nueva cita")
    press(other, "#area", "Odontología")

    press(one, "#slot", slot=next(iter(one.form("#slot").options("slot"))))

    assert step(one) == "recomendaciones"
    assert step(other) == "por"
    assert "Odontología" in other.text()


@pytest.mark.parametrize(
    ("field", "value"), [("first_day", "2020-01-01"), ("last_day", "2020-01-01"), ("part", "noon")]
)
def test_dates_that_cannot_be_are_refused(ana: CheckedClient, field: str, value: str):
    choose_way(begin(ana), "Por procedimiento")
    press(ana, "#found", ECO)
    press(ana, "#city", "Santiago")
    form = ana.form("Ver agenda")
    form.values[field] = value

    assert form.submit_anyway().status_code == 422


def test_the_agenda_shows_the_time_of_day_that_was_chosen(ana: CheckedClient):
    choose_way(begin(ana), "Por procedimiento")
    press(ana, "#found", ECO)
    press(ana, "#city", "Santiago")
    press(ana, "Ver agenda", part="afternoon")

    assert "Tarde" in ana.text()
    assert "09:00" not in ana.text()
    assert "15:00" in ana.text()


def test_without_hours_the_way_back_stays_open(ana: CheckedClient):
    world.change(Slot, Slot.status == FREE, status=BOOKED)
    choose_way(begin(ana), "Por procedimiento")
    press(ana, "#found", ECO)

    assert "No hay horas libres con lo que eligió" in ana.text()
    ana.click("← Volver")
    assert step(ana) == "busqueda"


def test_each_page_is_small_and_so_is_what_is_found_while_typing(ana: CheckedClient):
    choose_way(begin(ana), "Por procedimiento")

    found = ana.htmx_get(f"{ana.url}?q=eco", "form#found")

    assert len(found.data) <= 2048
    assert found.get_data(as_text=True).startswith('<form id="found"')
    assert ECO in found.get_data(as_text=True)
