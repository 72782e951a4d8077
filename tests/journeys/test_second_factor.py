"""The code at sign-in, and a session that is kept: with htmx and without scripts."""

import re
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.cast import PASSWORD
from tests.journeys import measure, walk
from tests.journeys.conftest import Enter
from tests.journeys.keyboard import KeyboardVisitor
from tests.journeys.visitor import Visitor
from tests.journeys.world import Clinics, Portal

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])
SIGN_IN, CHOOSE, CODE = "Iniciar sesión", "Código de seguridad", "Ingrese el código"
WELCOME = "Bienvenido, ya estás en la plataforma de agendamiento, oficina virtual del portal web."


@pytest.fixture
def portal(clinics: Clinics) -> Portal:
    return clinics("oficina-virtual")


def give_password(visitor: Visitor, name: str = "ana") -> None:
    visitor.open("/ingresar")
    visitor.type("Número de documento o correo", name)
    visitor.type("Contraseña", PASSWORD)
    visitor.press(SIGN_IN)
    visitor.arrive(CHOOSE)


def code_in(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    [code] = re.findall(r"código es: (\d{6})\b", part.get_content())
    return str(code)


@SCRIPTS
def test_ana_comes_in_with_a_code_each_time(enter: Enter, portal: Portal, scripts: bool):
    """S1-9…13: each page without a barrier; the old code is nothing after another was sent."""
    ana = enter(scripts=scripts)
    found = {}

    give_password(ana)
    expect(ana.page.locator("main")).to_contain_text("a•••@pacientes.example")
    found["choose"] = measure.complaints(ana)
    ana.press("Enviar")
    ana.arrive(CODE)
    found["code"] = measure.complaints(ana)
    old = code_in(portal.mail.wait_for(1)[0])
    ana.press("Enviar de nuevo")
    ana.arrive(CODE)
    new = code_in(portal.mail.wait_for(2)[1])
    ana.type(CHOOSE, old)
    ana.press("Ingresar")
    expect(ana.page.locator("#errors")).to_contain_text("El código no es correcto.")
    found["wrong"] = measure.complaints(ana)
    ana.type(CHOOSE, new)
    ana.press("Ingresar")
    ana.arrive(walk.ANAS_GREETING)

    expect(ana.page.get_by_role("status")).to_contain_text(WELCOME)
    assert found == {"choose": [], "code": [], "wrong": []}
    ana.press("Cerrar sesión")
    ana.arrive(SIGN_IN)
    give_password(ana)


def test_the_code_is_asked_and_given_without_a_mouse(enter: Enter, portal: Portal):
    """S1-11, S1-12."""
    ana = enter(KeyboardVisitor)

    give_password(ana)
    ana.press("Enviar")
    ana.arrive(CODE)
    ana.type(CHOOSE, code_in(portal.mail.wait_for(1)[0]))
    ana.press("Ingresar")

    ana.arrive(walk.ANAS_GREETING)


def test_another_browser_is_not_shown_the_codes_page(enter: Enter, portal: Portal):
    """S1-12: the address alone is worth nothing."""
    ana, stranger = enter(), enter()
    give_password(ana)
    ana.press("Enviar")
    ana.arrive(CODE)

    stranger.watch.is_line_broken = True  # a page that is not there is told on the console
    stranger.page.goto(ana.page.url)

    stranger.arrive("No encontramos esta página")
