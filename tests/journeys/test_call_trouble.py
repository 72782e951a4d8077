"""A video call that does not come about: why, what to do, and who is told."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys import calling, measure
from tests.journeys.calling import DESK, DEVICES
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import Clinics, Portal

SUPPORT = "soporte@clinica.example"
# As the page's own look at a call whose ways are all blocked.
BLOCKED = """() => {
  const detail = { status: "answered", other: "there", pc: null, relayOnly: false };
  detail.media = { audio: { enabled: true } };
  document.getElementById("call").dispatchEvent(new CustomEvent("call:look", { detail }));
}"""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("trouble")
    path = calling.clinic_file(folder)
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f'\n[video]\nsupport_email = "{SUPPORT}"\n')
    return path


@pytest.fixture
def portal(clinics: Clinics, clinic: str) -> Portal:
    return clinics(clinic, more=calling.fill)


def test_a_call_that_fails_goes_on_by_chat_and_is_reported(enter: Enter, portal: Portal):
    """S2-18…22: the manual's four steps; Ana answers where she has no script, and never comes."""
    diaz, ana = enter(**DEVICES, **DESK), enter(scripts=False)
    calling.come_in(diaz, portal, "diaz")
    calling.come_in(ana, portal, "ana")
    diaz.page.context.clock.install()
    consultation = calling.ring(diaz)
    expect(consultation.get_by_text("Llamando a Ana Núñez…")).to_be_visible()
    ana.open("/")
    ana.press("Ver la videollamada")
    ana.press("Aceptar videollamada")

    trouble = consultation.locator("#trouble")
    expect(consultation.get_by_text("Esperando a que Ana Núñez entre…")).to_be_visible()
    for _ in range(10):
        consultation.clock.fast_forward(3100)
    expect(trouble).to_contain_text("Ana Núñez aún no entra, o perdió su línea.")
    for step in ("Revise su conexión a internet.", "«Iniciar Video»", "continúe por el chat"):
        expect(trouble).to_contain_text(step)
    assert measure.complaints(Visitor(consultation, diaz.url, diaz.watch)) == []

    consultation.evaluate(BLOCKED)
    expect(trouble).to_contain_text("no deja pasar la videollamada")
    trouble.get_by_role("button", name="Informar a la clínica").click()
    expect(trouble).to_contain_text("Su número de aviso es")
    mail = portal.mail.wait_for_one_to(SUPPORT)
    assert json.dumps(trouble.locator("#reported").inner_text())[-11:-2] in mail["subject"]

    trouble.get_by_role("button", name="Continuar por el chat").click()
    expect(trouble).to_be_hidden()
    consultation.get_by_label("Mensaje", exact=True).fill("Sigamos por aquí")
    consultation.get_by_role("button", name="Enviar", exact=True).click()
    expect(consultation.locator("ol.lines li", has_text="Sigamos por aquí")).to_contain_text(
        "Enviado"
    )
    ana.open(f"/conversaciones/{calling.TALK}")
    expect(ana.page.get_by_text("Sigamos por aquí")).to_be_visible()
