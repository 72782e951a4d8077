"""The ways back of two manuals: another e-mail by card, a temporary password (S3, S4)."""

import re
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from clinicweb.accounts.models import AFFILIATION, EMAIL, USERNAME, Account, AccountIdentifier
from clinicweb.clinic.models import Patient
from clinicweb.core import clock
from clinicweb.core.viewer import PATIENT
from tests import cast
from tests.accounts.office import RITA, body
from tests.accounts.office import fill_records as add_records
from tests.journeys import measure
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import Clinics, Portal

NEW, CHOSEN = "rita@nuevo.example", "Siete patos 9 en fila"
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no scripts"])


def add_rita(session: Session) -> None:
    """Rita is in the records, and has an account."""
    add_records(session)
    session.flush()
    rita = session.query(Patient).filter_by(mrn="2001").one()
    names = {USERNAME: "rita", EMAIL: RITA, AFFILIATION: "AF100"}
    session.add(
        Account(
            name="Rita Mora",
            roles=PATIENT,
            password_hash=cast._password_hash(),
            patient_id=rita.id,
            email=RITA,
            created_at=clock.now(),
            identifiers=[AccountIdentifier(kind=kind, value=each) for kind, each in names.items()],
        )
    )


@pytest.fixture
def portal(request: pytest.FixtureRequest, clinics: Clinics) -> Portal:
    return clinics(request.param, add_rita)


@SCRIPTS
@pytest.mark.parametrize("portal", ["afiliados"], indirect=True)
def test_rita_gives_her_account_another_e_mail(enter: Enter, portal: Portal, scripts: bool):
    """S3-53…56, S3-70, S3-71, S3-77; the mail of the activation again, S3-72."""
    rita = enter(scripts=scripts)
    rita.open("/ingresar")
    look(rita)
    open_menu(rita, "Reactivar cuenta")
    rita.arrive("Reactivar cuenta")
    expect(rita.page.locator("#email-hint")).to_contain_text("no llega ningún aviso")
    rita.page.get_by_text("Ayuda", exact=True).click()
    look(rita)
    rita.type("Número de afiliación", "af-100")
    rita.type("Número de serie de la credencial", "S77")
    rita.type("Correo electrónico nuevo", NEW)
    rita.press("Recuperar cuenta")
    rita.arrive("Revise su correo nuevo")
    look(rita)
    asked, told = by_address(portal, 2)
    assert told[0]["To"] == RITA
    rita.page.goto(link_in(asked[0]))
    rita.arrive("Use este correo en su cuenta")
    look(rita)
    rita.press("Recuperar cuenta")
    rita.arrive("Su cuenta está activa")
    password = rita.page.locator("#one-use").inner_text()
    look(rita)
    rita.press("Aceptar")
    sign_in(rita, "Número de afiliación o correo", NEW, password)
    rita.arrive("Cambiar contraseña")

    again = enter(scripts=scripts)
    again.open("/ingresar")
    open_menu(again, "Reenviar activación")
    again.arrive("Reenviar activación")
    look(again)
    again.type("Número de afiliación o correo electrónico", "AF100")
    again.press("Enviar")
    again.arrive("Revise su correo")


@SCRIPTS
@pytest.mark.parametrize("portal", ["afiliados"], indirect=True)
def test_whoever_reads_the_old_mailbox_undoes_it(enter: Enter, portal: Portal, scripts: bool):
    """S3-61, S3-80."""
    thief, rita = enter(scripts=scripts), enter(scripts=scripts)
    thief.open("/reactivar-cuenta")
    thief.type("Número de afiliación", "AF100")
    thief.type("Número de serie de la credencial", "S77")
    thief.type("Correo electrónico nuevo", NEW)
    thief.press("Recuperar cuenta")
    thief.arrive("Revise su correo nuevo")
    asked, _told = by_address(portal, 2)
    thief.page.goto(link_in(asked[0]))
    thief.press("Recuperar cuenta")
    thief.arrive("Su cuenta está activa")
    _, told = by_address(portal, 4)

    rita.page.goto(link_in(told[-1]))
    rita.arrive("¿No pidió cambiar el correo de su cuenta?")
    look(rita)
    rita.press("No fui yo")
    rita.arrive("Iniciar sesión")

    expect(rita.page.get_by_role("status").first).to_contain_text("Deshicimos el cambio")
    temporary = password_in(portal.mail.wait_for(5)[-1])
    sign_in(rita, "Número de afiliación o correo", RITA, temporary)
    rita.arrive("Cambiar contraseña")


@SCRIPTS
@pytest.mark.parametrize("portal", ["historia-clinica"], indirect=True)
def test_rita_is_mailed_a_temporary_password(enter: Enter, portal: Portal, scripts: bool):
    """S4-17 to S4-20: user and password forgotten, two mails, another password at once."""
    rita = enter(scripts=scripts)
    rita.open("/ingresar")
    rita.page.get_by_text("Ayuda", exact=True).click()
    look(rita)
    rita.press("Recuperar Usuario")
    rita.arrive("Recuperar Usuario")
    rita.type("Correo electrónico", RITA)
    rita.press("Enviar")
    rita.arrive("Revise su correo")
    assert "rita" in body(portal.mail.wait_for(1)[0])
    rita.open("/ingresar")
    rita.press("Recuperar contraseña")
    rita.arrive("Recuperar contraseña")
    look(rita)
    rita.type("Email", RITA)
    rita.type("Usuario", "rita")
    rita.press("Enviar")
    rita.arrive("Revise su correo")
    rita.page.goto(link_in(portal.mail.wait_for(2)[1]))
    rita.arrive("Confirme que pidió otra contraseña")
    look(rita)
    rita.press("Enviarme una contraseña temporal")
    rita.arrive("Iniciar sesión")
    temporary = password_in(portal.mail.wait_for(3)[2])
    sign_in(rita, "Usuario", "rita", temporary)
    rita.arrive("Cambiar Contraseña")
    rita.type("Contraseña actual", temporary)
    rita.page.get_by_label("Contraseña nueva", exact=True).fill(CHOSEN)
    rita.type("Repita la contraseña nueva", CHOSEN)
    rita.press("Guardar contraseña")
    expect(rita.page.get_by_role("status").first).to_contain_text("Su contraseña cambió.")


def open_menu(visitor: Visitor, entry: str) -> None:
    """S3-53: «Opciones»."""
    visitor.page.get_by_text("Opciones", exact=True).click()
    visitor.page.locator("#options").get_by_role("link", name=entry).click()


def look(visitor: Visitor) -> None:
    """Each page on both screens: nothing too narrow or too small, no barrier."""
    assert measure.complaints(visitor) == []


def sign_in(visitor: Visitor, label: str, name: str, password: str) -> None:
    visitor.arrive("Iniciar sesión")
    visitor.page.get_by_label(label, exact=True).fill(name)
    visitor.page.get_by_label("Contraseña", exact=True).fill(password)
    visitor.press("Iniciar sesión")


def by_address(portal: Portal, count: int) -> tuple[list[EmailMessage], list[EmailMessage]]:
    """Of *count* mails, those to the new address and those to the old one."""
    mails = portal.mail.wait_for(count)
    return [m for m in mails if m["To"] == NEW], [m for m in mails if m["To"] == RITA]


def link_in(mail: EmailMessage) -> str:
    [found] = re.findall(r"https?://\S+/(?:reactivar|no-fui-yo|temporal)/\S+", body(mail))
    return str(found)


def password_in(mail: EmailMessage) -> str:
    [found] = re.findall(r"contraseña temporal es: (\S+)", body(mail))
    return str(found)
