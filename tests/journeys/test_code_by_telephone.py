"""The code of a registration by text message, in a real browser and over a real gateway."""

import pytest
from playwright.sync_api import expect

from tests.accounts.office import fill_records as add_rita
from tests.journeys import measure
from tests.journeys.conftest import Enter
from tests.journeys.test_registration import oficina_virtual
from tests.journeys.visitor import Visitor
from tests.journeys.world import Clinics, Portal
from tests.services.gateway import SmsGateway

MASKED = "+57 ••• ••• 45 67"


@pytest.fixture
def portal(sms_gateway: SmsGateway, clinics: Clinics) -> Portal:
    gateway = {"SMS_GATEWAY_URL": sms_gateway.url, "SMS_GATEWAY_TOKEN": "secreto"}
    return clinics("oficina-virtual", add_rita, **gateway)


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no scripts"])
def test_rita_has_her_code_sent_to_her_telephone(
    enter: Enter, portal: Portal, sms_gateway: SmsGateway, scripts: bool
):
    """S1-2 to S1-8: by text message, then by e-mail, then by text message again."""
    rita = enter(scripts=scripts)
    to_the_channel(rita, portal)
    expect(rita.page.get_by_label(f"Mensaje de texto {MASKED}")).to_be_visible()
    found = measure.complaints(rita)

    choose(rita, "Mensaje de texto", "Enviar")
    rita.arrive("Ingrese el código")
    expect(rita.page.locator("main")).to_contain_text(f"un código al {MASKED}")
    found += measure.complaints(rita)
    [text] = sms_gateway.wait_for(1)
    assert text["to"] == "+573001234567"
    choose(rita, "Correo electrónico", "Enviar de nuevo")
    expect(rita.page.locator("body")).to_contain_text("Le llega otro correo")
    portal.mail.wait_for(1)
    type_code(rita, text["text"][:6])
    expect(rita.page.locator("#errors")).to_contain_text("El código no es correcto")
    choose(rita, "Mensaje de texto", "Enviar de nuevo")
    expect(rita.page.locator("body")).to_contain_text("Le llega otro mensaje de texto")
    type_code(rita, sms_gateway.wait_for(2)[1]["text"][:6])
    rita.arrive("Su cuenta está activa")
    rita.press("Aceptar")
    rita.arrive("Iniciar sesión")

    assert found == []
    assert {asked.headers["Authorization"] for asked in sms_gateway.asked} == {"Bearer secreto"}


def to_the_channel(rita: Visitor, portal: Portal) -> None:
    for stop in oficina_virtual(rita, portal):
        if stop == "channel":
            return


def choose(rita: Visitor, channel: str, button: str) -> None:
    rita.page.get_by_label(channel).check()
    rita.press(button)


def type_code(rita: Visitor, code: str) -> None:
    rita.type("Código de 6 dígitos", code)
    rita.press("Continuar")
