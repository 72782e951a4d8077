"""Dr. Díaz calls Ana from their conversation: two browsers, and media that really flow."""

import pytest
from playwright.sync_api import expect

from tests.journeys import calling, measure
from tests.journeys.calling import DESK, DEVICES
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import Clinics, Portal


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> str:
    return calling.clinic_file(tmp_path_factory.mktemp("calling"))


@pytest.fixture
def portal(clinics: Clinics, clinic: str) -> Portal:
    return clinics(clinic, more=calling.fill)


def test_both_see_and_hear_each_other_until_the_limit(
    enter: Enter, portal: Portal, record_property
):
    """S2-7…17, S0-42…43, S0-45…46, S0-48…50: a reload leads back into the same call."""
    ana, diaz = enter(**DEVICES), enter(**DEVICES, **DESK)
    calling.come_in(diaz, portal, "diaz")
    calling.come_in(ana, portal, "ana")

    consultation = calling.ring(diaz)
    ana.press("Aceptar videollamada")
    calling.wait_for_media(ana.page, consultation)
    record_property("figures", calling.figures(ana.page, consultation))
    assert measure.complaints(Visitor(consultation, diaz.url, diaz.watch)) == []
    assert measure.complaints(ana) == []

    ana.page.reload()
    calling.wait_for_media(ana.page, consultation)

    calling.try_controls(consultation)
    consultation.get_by_role("button", name="Chat").click()
    consultation.get_by_label("Mensaje", exact=True).fill("¿Me oye bien?")
    consultation.get_by_role("button", name="Enviar", exact=True).click()
    ana.press("Chat")
    expect(ana.page.get_by_text("¿Me oye bien?")).to_be_visible()

    calling.end_now(portal)
    for page in (ana.page, consultation):
        expect(page.get_by_text("La videollamada llegó a su límite.")).to_be_visible()
    diaz.open(f"/conversaciones/{calling.TALK}")
    expect(diaz.page.locator("ol.lines")).to_contain_text("La videollamada llegó a su límite.")
