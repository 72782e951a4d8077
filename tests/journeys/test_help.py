"""What manuals explain stands where it is needed: below the form, and in the guide behind it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys import measure
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import Clinics, Portal

# item → the page, and the words that answer it.
EXPLAINED = {
    "afiliados": {
        "S3-10": ("Registrarse", "Si no tiene, abra uno gratis"),
        "S3-13": ("Registrarse", "impreso en las credenciales nuevas"),
        "S3-63": ("Registrarse", "sólo a quien se identifica en persona"),
        "S3-64": ("Registrarse", "nunca por teléfono ni por internet"),
        "S3-65": ("Registrarse", "se suma a las otras formas de pedir hora"),
        "S3-67": ("Registrarse", "renuévela o pídalo en su unidad médica"),
        "S3-68": ("Registrarse", "el mismo para toda la familia"),
        "S3-69": ("Registrarse", "busque el correo con su contraseña"),
        "S3-78": ("Registrarse", "use «Recuperar contraseña»"),
        "S3-79": ("", "letras que parecen números"),
        "S3-81": ("", "Si otra persona la conoce o la cambió, elija otra"),
    },
    "historia-clinica": {
        "S4-15": ("", "¿Necesita más ayuda?"),
        "S4-16": ("Crear un nuevo usuario", "Su correo debe estar en su historia clínica"),
    },
}


@pytest.fixture(params=sorted(EXPLAINED))
def portal(request: pytest.FixtureRequest, clinics: Clinics) -> Portal:
    return clinics(request.param)


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no scripts"])
def test_help_is_below_the_form_and_a_press_away(
    enter: Enter, portal: Portal, request: pytest.FixtureRequest, scripts: bool
):
    """S3-10, S3-13, S3-63…65, S3-67…69, S3-78…79, S3-81; S4-15…16.  The guide: S2-24, S3-86."""
    visitor = enter(scripts=scripts)
    asked = EXPLAINED[request.node.callspec.params["portal"]]

    for link in sorted({link for link, _ in asked.values()}):
        visitor.open("/ingresar")
        if link:
            visitor.press(link)
            visitor.arrive(link)
        visitor.page.locator("details.help > summary").click()
        for _, words in (found for found in asked.values() if found[0] == link):
            expect(visitor.page.locator("details.help")).to_contain_text(words)
            expect(visitor.page.get_by_text(words)).to_be_visible()

    visitor.open("/ingresar")
    visitor.type("Contraseña", "ya escrita")
    found = {stop: measure.complaints(reader) for stop, reader in the_guide(visitor)}

    expect(visitor.page.get_by_label("Contraseña")).to_have_value("ya escrita")
    assert {stop: lines for stop, lines in found.items() if lines} == {}


def the_guide(visitor: Visitor) -> Iterator[tuple[str, Visitor]]:
    """In a tab of its own, with no account: a topic, the index, and what is looked for there."""
    with visitor.page.expect_popup() as opened:
        visitor.press("¿Necesita ayuda?")
    reader = Visitor(opened.value, visitor.url, visitor.watch, visitor.has_scripts)
    reader.arrive("Iniciar sesión")
    for section in ("Formas de acceder", "Procedimiento", "Requisitos", "Consideraciones"):
        expect(reader.page.get_by_role("heading", name=section)).to_be_visible()
    yield "topic", reader
    reader.press("← Guía de uso")
    reader.arrive("Guía de uso")
    expect(reader.page.get_by_text("Revisión 2")).to_be_visible()
    reader.type("Buscar en la guía", "activacion")
    reader.press("Buscar")
    expect(reader.page.get_by_role("heading", name="resultado")).to_be_visible()
    yield "found", reader
    reader.activate(reader.page.locator("main .tile").first)
    expect(reader.page).to_have_url(re.compile(r"/ayuda/\w+#[\w-]+$"))
    expect(reader.page.locator(":target")).to_be_in_viewport()
