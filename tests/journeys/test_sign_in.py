"""Coming in, by each name the manual allows; and being told kindly when it fails."""

import pytest
from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.conftest import Enter
from tests.journeys.world import ANAS_RUT


@pytest.mark.parametrize("name", [ANAS_RUT, "10000013k", "ana", "ANA "])
def test_ana_comes_in_by_rut_and_by_user_name(enter: Enter, name: str):
    """S0-12, S0-18, S0-19."""
    ana = enter()

    walk.sign_in(ana, name)

    expect(ana.control(walk.NEW_HOUR)).to_be_visible()
    expect(ana.page.get_by_role("heading", name="Sus próximas atenciones")).to_be_visible()
    expect(ana.cards).to_contain_text("15:00, hora de Santiago")


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])
def test_a_wrong_password_keeps_the_name_and_says_what_to_do(enter: Enter, scripts: bool):
    """S0-18: the same sentence whether the person is known or not."""
    ana = enter(scripts=scripts)
    ana.open("/ingresar")

    for name in ["ana", "nadie"]:
        walk.give_name_and_password(ana, name, "otra cosa")
        expect(ana.page.locator("#errors")).to_contain_text(
            "El usuario o la contraseña no son correctos."
        )
        expect(ana.page.get_by_label("RUT o nombre de usuario")).to_have_value(name)
        expect(ana.page.get_by_label("Contraseña")).to_have_value("")

    walk.give_name_and_password(ana, "ana")
    ana.arrive(walk.ANAS_GREETING)
