"""One's own account: the menu, the data, the password, with htmx and without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.accounts.helped import text_of
from tests.cast import PASSWORD
from tests.journeys import measure, walk
from tests.journeys.conftest import Enter
from tests.journeys.keyboard import KeyboardVisitor
from tests.journeys.visitor import Visitor
from tests.journeys.world import ANAS_ADDRESS, ANAS_NAME, Clinics, Portal

NEW_ADDRESS = "ana.nueva@correo.example"
NEW_PASSWORD = "Siete patos 7 en fila"
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no scripts"])


def left_edge(visitor: Visitor, selector: str) -> float:
    box = visitor.page.locator(selector).bounding_box()
    assert box
    return box["x"]


@BOTH
def test_ana_goes_round_her_account_by_the_words_of_the_manual(enter: Enter, scripts: bool):
    """S0-38…41: no page is a barrier, on both screens; the menu stands top left."""
    ana = enter(scripts=scripts)
    walk.sign_in(ana)

    found = {stop: measure.complaints(ana) for stop in round_her_account(ana)}

    assert len(found) == 7
    assert {stop: lines for stop, lines in found.items() if lines} == {}


def round_her_account(ana: Visitor) -> Iterator[str]:
    expect(ana.page.locator("#menu summary")).to_have_text("Mi perfil")
    assert left_edge(ana, "#menu") < left_edge(ana, ".brand")
    ana.activate(ana.page.locator("#menu > summary"))
    yield "menu open"
    ana.press("Cambiar contraseña")
    ana.arrive("Cambiar contraseña")
    expect(ana.page.locator("#menu nav")).to_be_hidden()
    ana.type("Contraseña actual", PASSWORD)
    ana.page.get_by_label("Contraseña nueva", exact=True).fill(NEW_PASSWORD)
    ana.type("Repita la contraseña nueva", NEW_PASSWORD)
    ana.press("Guardar contraseña")
    ana.arrive("Mi perfil")
    expect(ana.page.get_by_role("status")).to_contain_text("Su contraseña cambió.")
    yield "profile"
    ana.press("Términos aceptados")
    ana.arrive("Términos aceptados")
    yield "terms"
    ana.press("Mis datos")
    ana.arrive("Mis datos")
    expect(ana.page.locator("main")).to_contain_text(ANAS_ADDRESS)
    yield "data"
    ana.activate(ana.page.get_by_role("link", name="Cambiar el teléfono"))
    ana.arrive("Cambiar mi teléfono")
    ana.type("Teléfono nuevo", "12")
    ana.press("Guardar")
    expect(ana.page.locator("#errors")).to_be_visible()
    yield "telephone, refused"
    ana.type("Teléfono nuevo", "2 2345 6789")
    ana.press("Guardar")
    ana.arrive("Mis datos")
    expect(ana.page.locator("main")).to_contain_text("+56223456789")
    ana.open("/mi-perfil/confirmar")
    ana.arrive("Confirme que es usted")
    yield "confirm"
    ana.press("Cerrar sesión")
    ana.arrive("Iniciar sesión")
    expect(ana.page.locator("#menu")).to_have_count(0)
    yield "signed out"


@BOTH
def test_a_new_address_counts_when_its_owner_says_so_and_the_old_one_is_told(
    enter: Enter, portal: Portal, scripts: bool
):
    """S3-61, S0-38."""
    ana = enter(scripts=scripts)
    walk.sign_in(ana)
    ana.press("Mis datos")
    ana.arrive("Mis datos")
    ana.activate(ana.page.get_by_role("link", name="Cambiar el correo"))
    ana.arrive("Cambiar mi correo")
    ana.type("Correo electrónico nuevo", NEW_ADDRESS)
    ana.press("Enviar")
    ana.arrive("Mis datos")
    expect(ana.page.locator("main")).to_contain_text(f"Falta confirmar {NEW_ADDRESS}")
    assert measure.complaints(ana) == []

    mails = {mail["To"]: text_of(mail) for mail in portal.mail.wait_for(2)}
    assert "elija otra contraseña" in mails[ANAS_ADDRESS]
    [link] = re.findall(r"https?://[^/]+(/correo/confirmar/\S+)", mails[NEW_ADDRESS])
    elsewhere = enter(scripts=scripts)
    elsewhere.open(link)
    elsewhere.arrive("Confirme su correo")
    assert measure.complaints(elsewhere) == []
    elsewhere.press("Usar este correo")
    elsewhere.arrive("Iniciar sesión")

    told = [mail["To"] for mail in portal.mail.wait_for(4)]
    assert sorted(told[2:]) == [NEW_ADDRESS, ANAS_ADDRESS]
    ana.open("/mis-datos")
    expect(ana.page.locator("main")).to_contain_text(NEW_ADDRESS)
    expect(ana.page.locator("main")).not_to_contain_text("Falta confirmar")


def test_the_menu_opens_and_closes_by_the_keyboard(enter: Enter):
    ana = enter(KeyboardVisitor)
    walk.sign_in(ana)
    summary = ana.page.locator("#menu > summary")

    ana.activate(summary)
    expect(ana.page.locator("#menu nav")).to_be_visible()
    ana.page.keyboard.press("Tab")
    ana.page.keyboard.press("Escape")
    expect(ana.page.locator("#menu nav")).to_be_hidden()
    expect(summary).to_be_focused()

    ana.own_menu("Mis sesiones")
    ana.arrive("Mis sesiones")
    expect(ana.page.locator("#menu nav")).to_be_hidden()


@pytest.fixture(params=["afiliados", "historia-clinica"])
def other_clinic(request: pytest.FixtureRequest, clinics: Clinics) -> Portal:
    return clinics(request.param)


@BOTH
def test_the_password_is_changed_from_the_menu_on_the_right(
    enter: Enter, other_clinic: Portal, request: pytest.FixtureRequest, scripts: bool
):
    """S3-82, S4-20: by the words of each manual."""
    words = {
        "afiliados": ("Opciones", "Cambiar contraseña"),
        "historia-clinica": (ANAS_NAME, "Cambiar Contraseña"),
    }
    menu, heading = words[request.node.callspec.params["other_clinic"]]
    ana = enter(scripts=scripts)
    ana.url = other_clinic.url
    ana.open("/ingresar")
    ana.page.locator("[name=identifier]").fill("ana")
    ana.page.locator("[name=password]").fill(PASSWORD)
    ana.press("Iniciar sesión")
    ana.arrive(f"Hola, {ANAS_NAME}")
    expect(ana.page.locator("#menu summary")).to_have_text(menu)
    assert left_edge(ana, "#menu") > left_edge(ana, ".brand")

    ana.own_menu(heading)
    ana.arrive(heading)
    assert measure.complaints(ana) == []
    ana.type("Contraseña actual", PASSWORD)
    ana.page.get_by_label("Contraseña nueva", exact=True).fill(NEW_PASSWORD)
    ana.type("Repita la contraseña nueva", NEW_PASSWORD)
    ana.press("Guardar contraseña")

    ana.arrive("Mi perfil")
    expect(ana.page.get_by_role("status")).to_contain_text("Su contraseña cambió.")
