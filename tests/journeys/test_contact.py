"""Writing to the clinic by the words of its manual (S3), and its staff's answer."""

import re

import pytest
from playwright.sync_api import expect

from tests.cast import PASSWORD
from tests.family.world import fill_family
from tests.journeys import measure
from tests.journeys.calling import give_mailed_code
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import ANAS_ADDRESS, Clinics, Portal

MAILBOX = "quejas@afiliadosdelnorte.example"
TEXT = "Esperé dos horas en la unidad."
ANSWER = "Lamentamos la espera."


@pytest.fixture
def portal(clinics: Clinics) -> Portal:
    return clinics("afiliados", fill_family)


def come_in(visitor: Visitor, username: str) -> None:
    visitor.open("/ingresar")
    visitor.type("Número de afiliación o correo", username)
    visitor.page.locator("input[name=password]").fill(PASSWORD)
    visitor.press("Iniciar sesión")


def write(visitor: Visitor, email: str) -> None:
    visitor.page.get_by_label("Tipo de mensaje").select_option("Queja")
    visitor.type("Correo electrónico", email)
    visitor.page.get_by_label("Mensaje", exact=True).fill(TEXT)
    visitor.page.get_by_label("He leído y acepto los avisos").check()


def look(visitor: Visitor) -> None:
    """Without a barrier, on both screens."""
    visitor.rest()
    assert measure.complaints(visitor) == []


@pytest.mark.slow
def test_ana_complains_for_beto_and_the_clinic_answers(enter: Enter, portal: Portal):
    """S3-49…52."""
    ana, elsa = enter(), enter()
    come_in(elsa, "elsa")
    give_mailed_code(elsa, portal, "elsa@clinica.example")
    expect(elsa.heading).to_contain_text("Hola")
    come_in(ana, "ana")
    expect(ana.heading).to_contain_text("Hola")

    number = complain(ana)
    mails = {mail["to"]: mail["subject"] for mail in portal.mail.wait_for(3, seconds=60)}
    assert number in mails[MAILBOX]
    assert number in mails["ana@trabajo.example"]
    respond(elsa, number)

    ana.open("/contacto/mis-mensajes")
    ana.arrive("Mis mensajes a la clínica")
    look(ana)
    ana.press(number)
    ana.arrive(f"Mensaje {number}")
    expect(ana.page.locator("main")).to_contain_text(ANSWER)
    look(ana)


def complain(ana: Visitor) -> str:
    """The number that she is given."""
    ana.press("Contacto")
    ana.arrive("Contacto")
    expect(ana.page.get_by_label("Correo electrónico")).to_have_value(ANAS_ADDRESS)
    look(ana)
    ana.page.get_by_label("Sobre quién").select_option("Beto Núñez")
    write(ana, "ana@trabajo.example")
    ana.press("Enviar mensaje")
    expect(ana.heading).to_have_text(re.compile(r"Mensaje \w{4}-\w{4}"))
    expect(ana.page.locator("main")).to_contain_text("Sin responder")
    look(ana)
    return ana.heading.inner_text().removeprefix("Mensaje ")


def respond(elsa: Visitor, number: str) -> None:
    elsa.open("/")
    expect(elsa.page.locator("#inbox-count")).to_contain_text("(1")
    elsa.press("Mensajes")
    elsa.arrive("Mensajes a la clínica")
    look(elsa)
    elsa.press(number)
    elsa.arrive(f"Mensaje {number}")
    expect(elsa.page.locator("dl.answers")).to_contain_text("Beto Núñez")
    look(elsa)
    elsa.page.get_by_label("Mensaje", exact=True).fill(ANSWER)
    elsa.press("Enviar respuesta")
    expect(elsa.page.get_by_role("button", name="Reabrir el mensaje")).to_be_visible()
    expect(elsa.page.locator("#inbox-count")).to_be_empty()
    look(elsa)


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])
def test_rita_writes_without_an_account(enter: Enter, portal: Portal, scripts: bool):
    """S3-49…52, at the door: nobody is a robot, by a tick or by six digits."""
    rita = enter(scripts=scripts)
    rita.open("/ingresar")
    rita.press("Contacto")
    rita.arrive("Contacto")
    write(rita, "rita@correo.example")
    rita.type("Nombre y apellido", "Rita Mora")
    if scripts:
        expect(rita.page.get_by_label("No soy un robot")).to_be_checked()  # by itself
        expect(rita.page.get_by_text("Comprobado.")).to_be_visible()
    rita.press("Enviar mensaje")

    rita.arrive("Recibimos su mensaje")
    number = rita.page.locator(".secret").inner_text()
    mails = {mail["to"]: mail["subject"] for mail in portal.mail.wait_for(2, seconds=60)}
    assert number in mails["rita@correo.example"]
    look(rita)
