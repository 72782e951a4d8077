"""«Mantener sesión iniciada» in the clinic whose manual has it."""

import pytest
from playwright.sync_api import expect

from tests.cast import PASSWORD
from tests.journeys import measure, walk
from tests.journeys.conftest import Enter
from tests.journeys.world import Clinics, Portal

KEEP = "Mantener sesión iniciada"


@pytest.fixture
def portal(clinics: Clinics) -> Portal:
    return clinics("historia-clinica")


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])
@pytest.mark.parametrize("keep", [True, False], ids=["kept", "not kept"])
def test_a_session_outlives_the_browser_only_when_ana_asks_for_it(
    enter: Enter, keep: bool, scripts: bool
):
    """S4-3: and what it skips stands beside it."""
    ana = enter(scripts=scripts)
    ana.open("/ingresar")
    ana.type("Usuario", "ana")
    ana.type("Contraseña", PASSWORD)
    box = ana.page.get_by_label(KEEP)
    expect(box).not_to_be_checked()
    expect(ana.page.locator("#keep-hint")).to_contain_text("Por 30 días no se cierra")
    barriers = list(measure.barriers(ana.page)) if scripts else []

    if keep:
        box.check()
    ana.press("Iniciar sesión")
    ana.arrive(walk.ANAS_GREETING)

    cookies = {cookie["name"]: cookie for cookie in ana.page.context.cookies()}
    assert barriers == []
    assert (cookies["clinicweb"]["expires"] > 0) is keep
    assert cookies["clinicweb-device"]["expires"] > 0
    assert cookies["clinicweb-device"]["httpOnly"]
