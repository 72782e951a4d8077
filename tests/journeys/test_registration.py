"""Opening an account as four manuals tell it, in a real browser, with htmx and without scripts."""

import re
from collections.abc import Callable, Iterator, Mapping

import pytest
from playwright.sync_api import expect

from tests.accounts.office import PASSWORD, RITA, body, code_in, link_in
from tests.accounts.office import fill_records as add_rita
from tests.journeys import measure
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import Clinics, Portal

TERMS = "Leí y acepto los términos y condiciones"

Stops = Iterator[str]


@pytest.fixture(params=["teleconsulta", "oficina-virtual", "afiliados", "historia-clinica"])
def portal(request: pytest.FixtureRequest, clinics: Clinics) -> Portal:
    return clinics(request.param, add_rita)


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no scripts"])
def test_rita_opens_an_account_by_the_words_of_the_manual(
    enter: Enter, portal: Portal, request: pytest.FixtureRequest, scripts: bool
):
    """
    By the words of four manuals, each page without a barrier, on both screens.

    S0-12…18; S1-2…9; S3-5…9, S3-14…18, S3-57, S3-73…74; S4-1…3, S4-5…14.
    """
    rita = enter(scripts=scripts)
    walk = WALKS[request.node.callspec.params["portal"]]

    found = {stop: measure.complaints(rita) for stop in walk(rita, portal)}

    assert len(found) >= 5
    assert {stop: lines for stop, lines in found.items() if lines} == {}


def teleconsulta(rita: Visitor, portal: Portal) -> Stops:
    rita.open("/ingresar")
    rita.press("Crear cuenta")
    rita.arrive("Crear cuenta")
    yield "data"
    read_terms(rita, portal)
    fill(rita, {"RUT": "5.126.663-3", "Nombre y apellido": "Rita Mora", "Correo electrónico": RITA,
                "Teléfono": "9 1234 5678", "Contraseña": PASSWORD})  # fmt: skip
    rita.type("Repita la contraseña", PASSWORD)
    rita.page.get_by_label(TERMS).check()
    rita.press("Registro")
    rita.arrive("Recibimos su registro")
    yield "registered"
    [mail] = portal.mail.wait_for(1)
    assert "5.126.663-3" in body(mail)
    rita.open("/ingresar")
    yield "sign-in"
    sign_in(rita, "RUT o nombre de usuario", "5126663-3", PASSWORD)
    rita.arrive("Hola, Rita Mora")
    yield "home"
    rita.open("/mi-perfil")
    yield "profile"


def historia_clinica(rita: Visitor, portal: Portal) -> Stops:
    rita.open("/ingresar")
    expect(rita.page.get_by_label("Mantener sesión iniciada")).to_be_visible()
    yield "sign-in"
    rita.press("Crear un nuevo usuario")
    rita.arrive("Crear un nuevo usuario")
    yield "data"
    fill(rita, {"Email": RITA, "Usuario": "rita", "Clave": PASSWORD, "Repetir clave": PASSWORD,
                "Nombre": "Rita Mora"})  # fmt: skip
    rita.page.get_by_label(TERMS).check()
    rita.press("Aceptar")
    rita.arrive("Ingrese el código")
    yield "mail is on its way"
    [mail] = portal.mail.wait_for(1)
    rita.open(link_in(mail))
    rita.press("Activar mi cuenta")
    rita.arrive("Su cuenta está activa")
    yield "active"
    assert "rita" in body(portal.mail.wait_for(2)[1])
    rita.press("Aceptar")
    sign_in(rita, "Usuario", "rita", PASSWORD)
    rita.arrive("Hola, Rita Mora")
    yield "home"


def fill(rita: Visitor, answers: Mapping[str, str]) -> None:
    for label, answer in answers.items():
        rita.page.get_by_label(label, exact=True).fill(answer)


def oficina_virtual(rita: Visitor, portal: Portal) -> Stops:
    rita.open("/ingresar")
    rita.arrive("Iniciar sesión")
    yield "sign-in"
    rita.press("Registrarme")
    rita.arrive("Registrarme")
    yield "document"
    rita.type("Número de documento", "1.020.304.050")
    rita.press("Validar")
    expect(rita.page.get_by_label("Fecha de nacimiento")).to_be_visible()
    yield "data"
    rita.type("Nombre y apellido", "Rita Mora")
    rita.type("Fecha de nacimiento", "1980-01-31")
    rita.type("Correo electrónico", RITA)
    rita.type("Teléfono", "300 123 4567")
    rita.page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    rita.type("Repita la contraseña", "otra")
    rita.page.get_by_label(TERMS).check()
    rita.press("Registrar")
    expect(rita.page.locator("#errors")).to_contain_text("No es igual a la de arriba.")
    yield "data again"
    rita.page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    rita.type("Repita la contraseña", PASSWORD)
    rita.press("Registrar")
    rita.arrive("Código de confirmación")
    expect(rita.page.locator("main")).to_contain_text("r•••@correo.example")
    yield "channel"
    rita.press("Enviar")
    rita.arrive("Ingrese el código")
    yield "code"
    [mail] = portal.mail.wait_for(1)
    rita.type("Código de 6 dígitos", code_in(mail))
    rita.press("Continuar")
    rita.arrive("Su cuenta está activa")
    yield "active"
    rita.press("Aceptar")
    sign_in(rita, "Número de documento o correo", RITA, PASSWORD)
    rita.arrive("Código de seguridad")


def afiliados(rita: Visitor, portal: Portal) -> Stops:
    rita.open("/ingresar")
    rita.press("Registrarse")
    rita.arrive("Registrarse")
    yield "data"
    read_terms(rita, portal)
    rita.type("Número de afiliación", "AF-100")
    rita.type("Número de serie de la credencial", "S77")
    rita.type("Número telefónico", "664 123 4567")
    rita.type("Correo electrónico personal", RITA)
    rita.page.get_by_label(TERMS).check()
    rita.press("Registrarse")
    rita.arrive("Ingrese el código")
    yield "mail is on its way"
    [mail] = portal.mail.wait_for(1)
    rita.open(link_in(mail))
    rita.arrive("Active su cuenta")
    yield "link"
    rita.press("Activar mi cuenta")
    rita.arrive("Su cuenta está activa")
    one_use = rita.page.locator("#one-use").inner_text()
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", one_use)
    yield "one-use password"
    assert one_use in body(portal.mail.wait_for(2)[1])
    rita.press("Aceptar")
    sign_in(rita, "Número de afiliación o correo", "AF100", one_use)
    rita.arrive("Cambiar contraseña")
    yield "new password"
    rita.open("/mis-sesiones")
    rita.arrive("Cambiar contraseña")
    rita.type("Contraseña actual", one_use)
    rita.page.get_by_label("Contraseña nueva", exact=True).fill(PASSWORD)
    rita.type("Repita la contraseña nueva", PASSWORD)
    rita.press("Guardar contraseña")
    rita.arrive("Mi perfil")
    yield "profile"
    rita.open(link_in(mail))
    rita.arrive("Este enlace no sirve")
    yield "used link"


def read_terms(rita: Visitor, portal: Portal) -> None:
    """They open beside what was typed."""
    with rita.page.context.expect_page() as opened:
        rita.press("Leer los términos")
    expect(opened.value.locator("h1")).to_have_text("Términos y condiciones")
    terms = Visitor(opened.value, portal.url, rita.watch, rita.has_scripts)
    assert measure.complaints(terms) == []
    terms.page.close()


def sign_in(rita: Visitor, label: str, name: str, password: str) -> None:
    """S1-9, S3-18."""
    rita.arrive("Iniciar sesión")
    rita.type(label, name)
    rita.type("Contraseña", password)
    rita.press("Iniciar sesión")


WALKS: dict[str, Callable[[Visitor, Portal], Stops]] = {
    "teleconsulta": teleconsulta,
    "oficina-virtual": oficina_virtual,
    "afiliados": afiliados,
    "historia-clinica": historia_clinica,
}
