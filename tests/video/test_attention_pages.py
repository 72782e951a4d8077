"""From «Comenzar» to the box without a script: what stands on each page, and for whom."""

import re

import pytest

from clinicweb.core.i18n import moment
from tests.booking import world
from tests.cast import ANA, ANAS_APPOINTMENT, CLARA, DIAZ, SOTO, ZONE
from tests.checked_client import CheckedClient
from tests.video.attending import ROOM, RULES, begins_in, change, status_of

DOOR = "/sala-de-espera"
HERS = f"{DOOR}/{ANAS_APPOINTMENT}"


@pytest.fixture
def ana(page) -> CheckedClient:
    return page(ANA)


@pytest.fixture
def diaz(page) -> CheckedClient:
    return page(DIAZ)


def enter(ana: CheckedClient, name: str = "Ana Núñez") -> None:
    """S0-32, S0-34: up to the waiting room."""
    ana.get(ROOM)
    if "Leí y acepto que me atiendan por video" in ana.text():
        ana.form("Continuar").fill(agrees="y").submit("Continuar")
        ana.follow()
    ana.form("Aceptar").fill(name=name).submit("Aceptar")
    ana.follow()


def wait(ana: CheckedClient) -> None:
    enter(ana)
    ana.form("Estoy aquí").submit("Estoy aquí")
    ana.follow()


def test_the_card_says_from_when_on_one_may_enter(ana):
    ana.get("/")

    opens = world.appointment(ANAS_APPOINTMENT).starts_at - RULES.video.opens_before
    assert f"Podrá entrar desde las {moment(opens, ZONE).hour_text}." in ana.text()
    assert "Comenzar" not in ana.text()
    assert ana.get(ROOM).status_code == 200
    assert "Podrá entrar desde las" in ana.text()


@pytest.mark.parametrize("minutes", [29, -29])
def test_while_it_is_open_a_button_leads_in(ana, minutes: int):
    """S0-31, S0-32."""
    begins_in(minutes)
    ana.get("/")
    link = next(a for a in ana.page.elements("a") if a.get("href") == ROOM)

    assert "Comenzar" in "".join(link.itertext())
    assert "Consentimiento para la atención por video" in ana.get(ROOM).text


def test_up_to_the_room_and_back_without_a_script(ana, diaz):
    """S0-5, S0-7…9, S0-33…34: consent once, the name, «Estoy aquí», and how long it may take."""
    begins_in(10)
    ana.get(ROOM)
    assert "más de 1 Mbps, o red móvil 4G" in ana.text()
    assert "pulse «Permitir»" in ana.text()
    assert ana.form("Continuar").submit_anyway("Continuar").status_code == 422
    wait(ana)

    assert "Usted es la siguiente persona." in ana.text()
    assert "Por ahora no hay demora." in ana.text()
    assert "la videollamada misma necesita un navegador con JavaScript" in ana.text()
    assert "Está aquí desde las" in diaz.get(DOOR).text
    ana.form("Salir de la sala").submit("Salir de la sala")
    ana.follow()
    assert "Usted salió de la sala. Puede volver" in ana.text()
    assert "salió a las" in diaz.get(DOOR).text
    kept = ana.get("/mi-perfil/teleconsulta").text
    assert "no puede examinarle como en la consulta" in kept
    assert "Versión 2026-11" in kept


def test_a_name_may_be_another_than_the_records(ana, diaz):
    begins_in(10)
    ana.get(ROOM)
    ana.form("Continuar").fill(agrees="y").submit("Continuar")
    ana.follow()
    assert ana.form("Aceptar").fill(name=" ").submit_anyway("Aceptar").status_code == 422
    enter(ana, "Anita <b>")

    assert "Anita &lt;b&gt;" in diaz.get(DOOR).text


def test_from_the_waiting_room_into_the_call_and_out_of_it(ana, diaz):
    """S0-35, S0-36: each has what comes next."""
    begins_in(10)
    wait(ana)
    diaz.get(DOOR)
    call = diaz.form(f"{HERS}/admitir").submit().headers["Location"]
    assert "Chat" not in diaz.get(call).text
    ana.get(ROOM)
    assert "Dr. Pablo Díaz le espera en su box" in ana.text()
    assert ana.form("Entrar al box").submit("Entrar al box").headers["Location"] == call
    ana.get(ROOM)
    assert "Volver al box" in ana.text()
    ana.get(call)
    ana.form("Colgar llamada").submit("Colgar llamada")

    assert "Consejos para su salud" in ana.get(call).text
    assert "vuelva a la sala de espera" in ana.text()
    assert "Iniciar otra videollamada" in diaz.get(call).text
    assert "siga aquí: le pueden volver a llamar" in ana.get(ROOM).text
    diaz.get(HERS)
    assert "No asistió" in diaz.text()
    diaz.form("Guardar").fill(outcome="attended", note="Control en un mes.").submit("Guardar")
    assert status_of() == "fulfilled"
    assert "Control en un mes." in diaz.get(HERS).text
    assert "Consejos para su salud" in ana.get(ROOM).text
    assert "Control en un mes." not in ana.text()


def test_nobody_came(ana, diaz):
    begins_in(-20)
    diaz.get(HERS)
    assert diaz.form("Guardar").submit_anyway("Guardar").status_code == 422
    diaz.form("Guardar").fill(outcome="noshow").submit("Guardar")

    assert "No asistió" in diaz.get(DOOR).text
    assert "anotó que nadie llegó a esta atención" in ana.get(ROOM).text


@pytest.mark.parametrize(
    ("minutes", "values", "told"),
    [
        (10, {"modality": "in_person"}, "Esta atención es presencial"),
        (10, {"status": "cancelled"}, "Esta hora se canceló"),
        (60, {"status": "booked"}, "Todavía es temprano. Podrá entrar desde las"),
        (-31, {"status": "booked"}, "Esta atención ya terminó."),
    ],
)
def test_a_shut_box_says_why(ana, minutes, values, told):
    begins_in(minutes)
    change(ANAS_APPOINTMENT, **values)

    assert told in ana.get(ROOM).text
    assert "Llame a la clínica" in ana.text()
    assert "Estoy aquí" not in ana.text()


def test_who_was_left_waiting_is_told_so(ana):
    begins_in(-10)
    wait(ana)
    begins_in(-61)

    assert "No alcanzamos a atenderle, y lo lamentamos." in ana.get(ROOM).text


def test_a_late_doctor_is_said_to_be_late(ana):
    begins_in(-12)
    wait(ana)

    assert re.search(r"hay 1[23] minutos de demora y no sabemos cuánto más", ana.text())
    assert "Si no puede seguir esperando, llame al" in ana.text()


def test_a_box_is_for_its_two_alone(ana, page):
    begins_in(10)
    wait(ana)
    clara, soto = page(CLARA), page(SOTO)

    assert clara.get(ROOM).status_code == 404
    assert soto.get(HERS).status_code == 404
    assert clara.get(DOOR).status_code == 404
    assert "Ana" not in soto.get(DOOR).text


def test_the_part_that_is_asked_for_again_is_the_same(ana):
    begins_in(10)
    wait(ana)

    answer = ana.get(ROOM, headers=ana.htmx_headers() | {"HX-Target": "div#place"})

    assert answer.text.lstrip().startswith('<div class="card stack" id="place"')
    assert "Usted es la siguiente persona." in answer.text
