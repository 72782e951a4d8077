"""Back in by mail, and a new password from one's own page: with htmx and without scripts."""

from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.cast import PASSWORD
from tests.journeys import measure, walk
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import ANAS_ADDRESS, ANAS_RUT, Portal

NEW = "siete patos en fila"
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])
USER, FORGOTTEN, SENT = "Recuperar Usuario", "Recuperar contraseña", "Revise su correo"
CHOOSE, CHANGE, PROFILE = "Elija una contraseña nueva", "Cambiar contraseña", "Mi perfil"


@SCRIPTS
def test_ana_is_told_her_users_by_mail(enter: Enter, portal: Portal, scripts: bool):
    """S4-4, S4-18."""
    ana = enter(scripts=scripts)

    ask(ana, USER, "Correo electrónico", ANAS_ADDRESS)

    words = text_of(portal.mail.wait_for(1)[0])
    assert ANAS_RUT in words
    ana.press("Volver a iniciar sesión")
    ana.arrive("Iniciar sesión")


@SCRIPTS
def test_ana_chooses_a_new_password_by_the_link_in_her_mail(
    enter: Enter, portal: Portal, scripts: bool
):
    """S3-60, S3-75, S3-76, S4-17, S4-19."""
    ana = enter(scripts=scripts)
    ask(ana, FORGOTTEN, "RUT, usuario o correo electrónico", ANAS_RUT)
    link = link_in(portal.mail.wait_for(1)[0])
    assert link.startswith(portal.url)

    ana.page.goto(link)
    ana.arrive(CHOOSE)
    type_new(ana, "corta", "otra")
    ana.press("Guardar contraseña")
    expect(ana.page.locator("#errors")).to_contain_text("Al menos 8 caracteres")
    type_new(ana, NEW)
    ana.press("Guardar contraseña")
    ana.arrive("Iniciar sesión")
    expect(ana.page.get_by_role("status")).to_contain_text("Su contraseña nueva ya vale.")
    walk.give_name_and_password(ana, "ana", NEW)

    ana.arrive(walk.ANAS_GREETING)
    ana.page.goto(link)
    ana.arrive("Este enlace no sirve")
    told = portal.mail.wait_for(2)[1]
    assert "cambió" in told["Subject"]


@SCRIPTS
def test_ana_changes_her_password_from_her_own_page(enter: Enter, portal: Portal, scripts: bool):
    """S0-39, S0-40, S4-20."""
    ana, elsewhere = enter(scripts=scripts), enter()
    walk.sign_in(elsewhere)
    walk.sign_in(ana)

    ana.own_menu("Ver mi perfil")
    ana.arrive(PROFILE)
    expect(ana.page.locator("main")).to_contain_text(ANAS_RUT)
    ana.press(CHANGE)
    ana.arrive(CHANGE)
    ana.type("Contraseña actual", "no es la clave")
    type_new(ana, NEW)
    ana.press("Guardar contraseña")
    expect(ana.page.locator("#errors")).to_contain_text("No es su contraseña actual.")
    ana.type("Contraseña actual", PASSWORD)
    type_new(ana, NEW)
    ana.press("Guardar contraseña")

    ana.arrive(PROFILE)
    expect(ana.page.get_by_role("status")).to_contain_text("Su contraseña cambió.")
    elsewhere.open("/")
    elsewhere.arrive("Iniciar sesión")
    assert portal.mail.wait_for(1)[0]["To"] == ANAS_ADDRESS


def test_rules_are_ticked_off_while_ana_types_and_no_address_holds_her_password(
    enter: Enter, portal: Portal
):
    """S4-10: the server's own rules, before anything is sent."""
    ana = enter()
    walk.sign_in(ana)
    ana.open("/mi-perfil/clave")
    asked: list[str] = []
    ana.page.on("request", lambda request: asked.append(request.url))
    rules = ana.page.locator("#password-rules li")
    expect(rules.filter(has_text="listo")).to_have_count(0)
    field = ana.page.get_by_label("Contraseña nueva", exact=True)

    field.press_sequentially("patos", delay=20)
    expect(rules.filter(has_text="Ser distinta")).to_contain_text("listo")
    expect(rules.filter(has_text="Al menos 8")).not_to_contain_text("listo")
    field.press_sequentially(" blancos", delay=20)
    expect(rules.filter(has_text="Al menos 8")).to_contain_text("listo")

    expect(field).to_have_value("patos blancos")
    expect(field).to_be_focused()
    assert ana.page.url == f"{portal.url}/mi-perfil/clave"
    assert f"{portal.url}/clave/revisar" in asked
    assert [url for url in asked if "patos" in url or "?" in url] == []


def test_a_password_manager_is_told_what_each_field_is_for(enter: Enter):
    ana = enter()
    walk.sign_in(ana)
    ana.open("/mi-perfil/clave")

    told = [
        ana.page.get_by_label(label, exact=True).get_attribute("autocomplete")
        for label in ("Contraseña actual", "Contraseña nueva", "Repita la contraseña nueva")
    ]

    assert told == ["current-password", "new-password", "new-password"]


@pytest.mark.slow
def test_none_of_these_pages_is_a_barrier_or_too_narrow(enter: Enter, portal: Portal):
    ana = enter()
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = measure.complaints(ana)

    ana.open("/recuperar/usuario")
    look("user forgotten")
    ask(ana, FORGOTTEN, "RUT, usuario o correo electrónico", "ana")
    look("sent")
    link = link_in(portal.mail.wait_for(1)[0])
    ana.page.goto(link)
    look("choose")
    type_new(ana, "corta", "otra")
    ana.press("Guardar contraseña")
    expect(ana.page.locator("#errors")).to_be_visible()
    look("choose, refused (422)")
    type_new(ana, NEW)
    ana.press("Guardar contraseña")
    ana.arrive("Iniciar sesión")
    ana.page.goto(link)
    look("used (410)")
    ana.press("Volver a iniciar sesión")
    walk.give_name_and_password(ana, "ana", NEW)
    ana.arrive(walk.ANAS_GREETING)
    ana.own_menu("Ver mi perfil")
    ana.arrive(PROFILE)
    look("profile")
    ana.press(CHANGE)
    ana.arrive(CHANGE)
    look("change")

    assert len(found) == 7
    assert {name: lines for name, lines in found.items() if lines} == {}


def ask(visitor: Visitor, page: str, label: str, typed: str) -> None:
    """From the door, by the words that stand there."""
    visitor.open("/ingresar")
    visitor.press(page)
    visitor.arrive(page)
    visitor.type(label, typed)
    visitor.press("Enviar")
    visitor.arrive(SENT)


def type_new(visitor: Visitor, password: str, again: str | None = None) -> None:
    visitor.page.get_by_label("Contraseña nueva", exact=True).fill(password)
    visitor.type("Repita la contraseña nueva", again or password)


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


def link_in(mail: EmailMessage) -> str:
    [line] = [line for line in text_of(mail).splitlines() if "/clave/nueva/" in line]
    return line.strip()
