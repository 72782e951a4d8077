"""Passkeys, an authenticator app and recovery codes, as people set them up and come in by them."""

import pytest
from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.conftest import Enter
from tests.journeys.keyboard import KeyboardVisitor
from tests.journeys.strong import (
    ADD,
    BY_PASSKEY,
    PAGE,
    add_passkey,
    make_codes,
    next_code,
    open_page,
    set_up_app,
    sign_out,
    with_telephone,
)
from tests.journeys.visitor import Visitor
from tests.journeys.world import Portal

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])


@pytest.fixture
def portal(served_by_name: Portal) -> Portal:
    served_by_name.begin_anew()
    return served_by_name


def enter_code(visitor: Visitor, code: str) -> None:
    """On the page between the password and the portal."""
    visitor.arrive("Ingrese el código")
    visitor.type("Código de seguridad", code)
    visitor.press("Ingresar")
    visitor.arrive(walk.ANAS_GREETING)


def test_ana_adds_a_passkey_and_comes_in_with_it(enter: Enter, portal: Portal):
    ana = enter()
    with_telephone(ana)
    walk.sign_in(ana)
    open_page(ana)

    add_passkey(ana)
    codes = make_codes(ana)
    expect(ana.page.locator("bdi", has_text="Mi teléfono")).to_be_visible()
    sign_out(ana)
    ana.press(BY_PASSKEY)
    ana.arrive(walk.ANAS_GREETING)

    assert len(codes) == 10
    subjects = [mail["Subject"] for mail in portal.mail.wait_for(2)]
    assert all("Cambió la forma de entrar" in subject for subject in subjects)


def test_a_passkey_is_also_the_second_step_after_the_password(enter: Enter):
    ana = enter()
    with_telephone(ana)
    walk.sign_in(ana)
    open_page(ana)
    add_passkey(ana)
    sign_out(ana)

    walk.give_name_and_password(ana, "ana")
    ana.arrive("Muestre su llave de acceso")
    ana.press("Usar mi llave de acceso")

    ana.arrive(walk.ANAS_GREETING)


def test_who_says_no_to_the_telephone_is_told_what_to_do(enter: Enter):
    ana = enter()
    devtools = with_telephone(ana, isUserVerified=False)
    walk.sign_in(ana)
    open_page(ana)
    ana.press(ADD)
    ana.type("Nombre de la llave", "Mi teléfono")
    ana.press("Crear la llave")

    expect(ana.page.get_by_text("No se usó la llave de acceso.")).to_be_visible()
    expect(ana.control("Crear la llave")).to_be_enabled()
    expect(ana.page.get_by_label("Nombre de la llave")).to_have_value("Mi teléfono")
    devtools.detach()


def test_a_passkey_is_named_anew_and_removed(enter: Enter):
    ana = enter()
    with_telephone(ana)
    walk.sign_in(ana)
    open_page(ana)
    add_passkey(ana)
    open_page(ana)

    ana.press("Cambiar Mi teléfono")
    ana.arrive("Llave de acceso")
    ana.type("Nombre de la llave", "El de Ana")
    ana.press("Guardar el nombre")
    ana.arrive(PAGE)
    ana.press("Cambiar El de Ana")
    ana.arrive("Llave de acceso")
    ana.press("Quitar la llave")
    ana.arrive(PAGE)

    expect(ana.page.get_by_role("status")).to_contain_text("Quitó la llave de acceso.")
    expect(ana.page.get_by_text("El de Ana")).to_have_count(0)


def test_without_javascript_passkeys_are_not_offered_and_the_page_says_why(enter: Enter):
    ana = enter(scripts=False)
    ana.open("/ingresar")
    expect(ana.page.get_by_text(BY_PASSKEY)).to_be_hidden()
    walk.sign_in(ana)
    open_page(ana)
    ana.press(ADD)
    ana.arrive(ADD)

    expect(ana.page.get_by_text("Este navegador no puede crear llaves")).to_be_visible()
    expect(ana.page.get_by_label("Nombre de la llave")).to_be_hidden()


@SCRIPTS
def test_ana_sets_up_an_app_and_comes_in_with_its_code(enter: Enter, portal: Portal, scripts: bool):
    ana = enter(scripts=scripts)
    walk.sign_in(ana)
    open_page(ana)

    app = set_up_app(ana)
    sign_out(ana)
    walk.give_name_and_password(ana, "ana")
    enter_code(ana, next_code(app))

    assert "Cambió la forma de entrar" in portal.mail.wait_for(1)[0]["Subject"]


@SCRIPTS
def test_ana_comes_in_with_a_recovery_code_once(enter: Enter, portal: Portal, scripts: bool):
    ana = enter(scripts=scripts)
    walk.sign_in(ana)
    open_page(ana)
    set_up_app(ana)
    code = make_codes(ana)[0]
    sign_out(ana)

    walk.give_name_and_password(ana, "ana")
    ana.arrive("Ingrese el código")
    ana.press("Usar otro medio")
    ana.arrive("Código de seguridad")
    ana.pick(ana.page.get_by_role("radio", name="Código de recuperación"))
    ana.press("Continuar")
    enter_code(ana, code)
    open_page(ana)

    expect(ana.page.get_by_text("Le quedan 9 de 10.")).to_be_visible()
    assert len(portal.mail.wait_for(3)) == 3


def test_codes_are_copied_by_one_press(enter: Enter):
    ana = enter(permissions=["clipboard-read", "clipboard-write"])
    walk.sign_in(ana)
    open_page(ana)
    set_up_app(ana)
    ana.press("Hacer mis códigos")
    ana.arrive("Sus códigos de recuperación")

    ana.press("Copiar")

    expect(ana.page.locator("#live")).to_have_text("Códigos copiados.")
    copied = ana.page.evaluate("navigator.clipboard.readText()")
    assert copied.split() == ana.page.locator("#codes li").all_inner_texts()


def test_all_of_it_is_done_without_a_mouse(enter: Enter):
    ana = enter(KeyboardVisitor)
    with_telephone(ana)
    walk.sign_in(ana)
    open_page(ana)

    add_passkey(ana)
    ana.press("Volver sin cambiar nada")
    ana.arrive(PAGE)
    set_up_app(ana)
    make_codes(ana)
    sign_out(ana)
    ana.press(BY_PASSKEY)

    ana.arrive(walk.ANAS_GREETING)
