"""A doctor whom the clinic invites, and one's own telephone by the code sent there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.accounts.helped import text_of
from tests.journeys import measure, walk
from tests.journeys.conftest import Enter
from tests.journeys.strong import PAGE, make_codes, next_code, set_up_app, sign_out
from tests.journeys.test_second_factor import code_in
from tests.journeys.visitor import Visitor
from tests.journeys.world import Portal
from tests.services.gateway import SmsGateway

DOCTOR, ADDRESS = "Dr. Tomás Ñancupil", "tomas@clinica.example"
NAME, PASSWORD = "tomas", "Nueve garzas 3 en el lago"


@pytest.fixture
def portal(
    sms_gateway: SmsGateway, tmp_path: Path, owner_lock: Path, sqlite_template: Path
) -> Iterator[Portal]:
    gateway = {"SMS_GATEWAY_URL": sms_gateway.url, "SMS_GATEWAY_TOKEN": "secreto"}
    served = Portal(tmp_path, owner_lock=owner_lock, empty=sqlite_template, settings=gateway)
    served.start()
    yield served
    served.stop()


def give_password(visitor: Visitor) -> None:
    walk.give_name_and_password(visitor, NAME, PASSWORD)


def enter_code(visitor: Visitor, code: str) -> None:
    visitor.arrive("Ingrese el código")
    visitor.type("Código de seguridad", code)
    visitor.press("Ingresar")
    visitor.arrive(f"Hola, {DOCTOR}")


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])
def test_a_doctor_accepts_the_invitation_and_sets_up_a_second_factor(
    enter: Enter, portal: Portal, scripts: bool
):
    portal.server.run("account", "invite", "--email", ADDRESS, "--practitioner", "nancupil")
    [link] = re.findall(r"http\S+/invitacion/\S+", text_of(portal.mail.wait_for(1)[0]))
    tomas = enter(scripts=scripts)

    tomas.page.goto(link)
    tomas.arrive("Abra su cuenta")
    found = {"invitation": measure.complaints(tomas)}
    tomas.page.get_by_label("Usuario", exact=True).fill(NAME)
    tomas.page.get_by_label("Contraseña nueva", exact=True).fill(PASSWORD)
    tomas.type("Repita la contraseña nueva", PASSWORD)
    tomas.page.get_by_label("Leí y acepto").check()
    tomas.press("Abrir mi cuenta")
    tomas.arrive("Iniciar sesión")
    give_password(tomas)
    tomas.arrive("Código de seguridad")
    tomas.press("Enviar")
    enter_code(tomas, code_in(portal.mail.wait_for(3)[2]))

    tomas.own_menu("Ver mi perfil")
    tomas.arrive("Mi perfil")
    tomas.press(PAGE)
    tomas.arrive(PAGE)
    found["factors"] = measure.complaints(tomas)
    app = set_up_app(tomas)
    make_codes(tomas)
    sign_out(tomas)
    give_password(tomas)
    enter_code(tomas, next_code(app))

    assert found == {"invitation": [], "factors": []}


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])
def test_anas_telephone_is_hers_by_the_code_sent_there(
    enter: Enter, portal: Portal, sms_gateway: SmsGateway, scripts: bool
):
    """S0-38, S3-61."""
    ana = enter(scripts=scripts)
    walk.sign_in(ana)
    ana.press("Mis datos")
    ana.arrive("Mis datos")
    ana.activate(ana.page.get_by_role("link", name="Cambiar el teléfono"))
    ana.arrive("Cambiar mi teléfono")
    ana.type("Teléfono nuevo", "9 6123 4567")
    ana.press("Guardar")
    ana.arrive("Confirme su teléfono")
    found = measure.complaints(ana)
    [text] = sms_gateway.wait_for(1)
    code = text["text"][:6]

    ana.type("Código de 6 dígitos", f"{(int(code) + 1) % 1_000_000:06d}")
    ana.press("Continuar")
    expect(ana.page.locator("#errors")).to_contain_text("El código no es correcto")
    ana.type("Código de 6 dígitos", code)
    ana.press("Continuar")

    ana.arrive("Mis datos")
    expect(ana.page.locator("main")).to_contain_text("+56961234567")
    assert (text["to"], found) == ("+56961234567", [])
    assert "teléfono" in text_of(portal.mail.wait_for(1)[0])
