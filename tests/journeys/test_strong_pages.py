"""The pages of passkeys, app and codes: for everybody, on every screen."""

from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import expect

from tests.journeys import measure, walk
from tests.journeys.conftest import Enter
from tests.journeys.strong import (
    ADD,
    APP,
    BY_PASSKEY,
    CODES,
    PAGE,
    add_passkey,
    open_page,
    with_telephone,
)
from tests.journeys.visitor import Visitor
from tests.journeys.world import Portal


@pytest.fixture
def portal(served_by_name: Portal) -> Portal:
    served_by_name.begin_anew()
    return served_by_name


@pytest.mark.slow
def test_none_of_these_pages_is_a_barrier_or_too_narrow(enter: Enter):
    ana = enter()
    with_telephone(ana)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = measure.complaints(ana)

    _walk_all(ana, look)

    assert len(found) == 12
    assert {name: lines for name, lines in found.items() if lines} == {}


def _walk_all(ana: Visitor, look: Callable[[str], None]) -> None:
    ana.open("/ingresar")
    expect(ana.control(BY_PASSKEY)).to_be_visible()
    look("door")
    walk.sign_in(ana)
    open_page(ana)
    look("nothing yet")
    ana.press(ADD)
    ana.arrive(ADD)
    look("add")
    ana.press("Volver sin cambiar nada")
    add_passkey(ana)
    look("codes, none yet")
    open_page(ana)
    look("warned")
    ana.press("Cambiar Mi teléfono")
    ana.arrive("Llave de acceso")
    look("passkey")
    open_page(ana)
    ana.press("Usar una aplicación")
    ana.arrive(APP)
    look("app, begin")
    ana.press("Ya la tengo")
    expect(ana.page.get_by_role("img", name="Código QR")).to_be_visible()
    look("app")
    _second_half(ana, look)


def _second_half(ana: Visitor, look: Callable[[str], None]) -> None:
    app = pyotp.TOTP("".join(ana.page.locator("#secret").inner_text().split()))
    ana.type("Código de 6 dígitos", "000000")
    ana.press("Activar")
    expect(ana.page.locator("#errors")).to_be_visible()
    look("app, refused (422)")
    ana.type("Código de 6 dígitos", app.now())
    ana.press("Activar")
    ana.arrive(CODES)
    ana.press("Hacer mis códigos")
    ana.arrive("Sus códigos de recuperación")
    look("codes")
    ana.press("Ya los guardé")
    ana.arrive(PAGE)
    look("all")
    ana.press("Quitar la aplicación")
    ana.arrive("¿Quitar la aplicación de códigos?")
    look("app, remove")
