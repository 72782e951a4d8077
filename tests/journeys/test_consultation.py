"""A consultation by chat, in the clinic of conversations: patient, doctor, colleague."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.core import sent_files
from tests.journeys import measure, walk
from tests.journeys.conftest import Enter
from tests.journeys.talking import come_in, come_in_to_attend
from tests.journeys.visitor import Visitor
from tests.journeys.world import ANAS_NAME, Clinics, Portal

DOCTOR, COLLEAGUE = "Dr. Pablo Díaz", "Dra. Inés Soto"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
VIDEO = "Iniciar Video"


@pytest.fixture
def portal(clinics: Clinics) -> Portal:
    return clinics("chat-clinico")


def lines(visitor: Visitor) -> Locator:
    return visitor.page.locator("ol.lines > li")


def write(visitor: Visitor, text: str) -> None:
    visitor.page.get_by_label("Mensaje", exact=True).fill(text)
    visitor.press("Enviar")


def ask_the_doctor(ana: Visitor, text: str) -> None:
    come_in(ana, "ana")
    ana.arrive(walk.ANAS_GREETING)
    ana.open("/conversaciones/nueva")
    ana.press(DOCTOR)
    ana.arrive(DOCTOR)
    write(ana, text)
    expect(lines(ana).last).to_contain_text(text)


def open_hers(doctor: Visitor) -> None:
    """S2-7: out of the list, the patient's conversation."""
    doctor.open("/conversaciones")
    expect(doctor.control(ANAS_NAME)).to_contain_text("1 sin leer")
    doctor.press(ANAS_NAME)
    doctor.arrive(ANAS_NAME)


def test_a_consultation_from_the_first_word_to_its_end(enter: Enter, portal: Portal):
    """S2-1, S2-7, S2-16, S2-23, S0-45: with a colleague who takes it over."""
    ana, diaz, soto = enter(), enter(**DESKTOP), enter(**DESKTOP)
    ask_the_doctor(ana, "Me duele la garganta")
    come_in_to_attend(diaz, portal, "diaz")
    open_hers(diaz)

    diaz.page.get_by_label("Mensaje", exact=True).press_sequentially("¿Desde cuándo?")
    expect(ana.page.locator(".typing")).to_contain_text("está escribiendo…")
    diaz.press("Enviar")
    expect(lines(ana).last).to_contain_text("¿Desde cuándo?")
    expect(lines(diaz).last).to_contain_text("Leído")
    _send_photo(ana)
    expect(diaz.page.get_by_role("img", name="garganta.jpg")).to_be_visible()
    found = {"ana": measure.complaints(ana), "diaz": measure.complaints(diaz)}

    diaz.press("Transferir")
    diaz.arrive("Transferir la conversación")
    diaz.press(COLLEAGUE)
    diaz.arrive("Conversaciones")
    expect(lines(ana).last).to_contain_text(f"Desde ahora le atiende aquí {COLLEAGUE}.")
    come_in_to_attend(soto, portal, "soto")
    soto.press(ANAS_NAME)
    soto.arrive(ANAS_NAME)
    expect(soto.page.locator("ol.lines")).to_contain_text("Me duele la garganta")

    soto.press("Finalizar consulta")
    soto.arrive("Finalizar consulta")
    soto.page.get_by_role("textbox").fill("Faringitis: reposo y agua.")
    soto.press("Finalizar consulta")
    soto.arrive(ANAS_NAME)
    expect(ana.page.locator("main")).to_contain_text("La consulta terminó.")
    expect(ana.page.get_by_label("Mensaje", exact=True)).to_have_count(0)
    ana.reload()
    expect(ana.page.locator("main")).to_contain_text("Faringitis: reposo y agua.")
    found["ended"] = measure.complaints(ana) + measure.complaints(soto)
    assert {name: said for name, said in found.items() if said} == {}


def _send_photo(ana: Visitor) -> None:
    ana.page.get_by_text("Enviar una foto o un PDF").click()
    photo: Any = {"name": "garganta.jpg", "mimeType": "image/jpeg"}
    photo["buffer"] = sent_files.noisy(300, 200)
    ana.page.get_by_label("Foto o PDF").set_input_files(photo)
    ana.press("Enviar archivo")
    expect(ana.page.get_by_text("El archivo fue enviado.")).to_be_visible()


def test_among_colleagues_there_is_no_video(enter: Enter, portal: Portal):
    """S2-2."""
    diaz, soto = enter(**DESKTOP), enter(**DESKTOP)
    come_in_to_attend(diaz, portal, "diaz")
    diaz.open("/conversaciones/nueva")
    diaz.page.get_by_label(COLLEAGUE).check()
    diaz.press("Empezar")
    diaz.arrive(COLLEAGUE)
    write(diaz, "¿Puede ver a Ana?")
    come_in_to_attend(soto, portal, "soto")

    soto.press(DOCTOR)
    soto.arrive(DOCTOR)
    write(soto, "Sí, mañana")

    expect(lines(diaz).last).to_contain_text("Sí, mañana")
    for each in (diaz, soto):
        expect(each.control(VIDEO)).to_have_count(0)
        assert measure.complaints(each) == []


def test_a_patient_without_a_socket_hears_all_the_same(enter: Enter, portal: Portal):
    """S2-22: whatever fails besides, messages arrive; a little later."""
    ana, diaz = enter(), enter(**DESKTOP)
    ana.watch.has_no_socket = True
    ana.page.clock.install()
    ana.page.route_web_socket("**/live*", lambda socket: socket.close(code=1006))
    ask_the_doctor(ana, "Buenos días")
    expect(lines(ana)).to_have_count(1)
    expect(ana.page.locator("h1")).to_have_count(1)
    come_in_to_attend(diaz, portal, "diaz")
    open_hers(diaz)
    write(diaz, "Le leo")
    expect(lines(diaz)).to_have_count(2)

    ana.page.clock.fast_forward(21_000)

    expect(lines(ana).last).to_contain_text("Le leo")
    ana.page.clock.fast_forward(1_000)
    expect(lines(diaz).first).not_to_contain_text("Leído")
    expect(lines(diaz).last).to_contain_text("Leído")
