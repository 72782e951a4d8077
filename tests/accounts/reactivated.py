"""A family whose mailbox is lost: its portal, what it types, the mails to both addresses."""

import re
from email.message import EmailMessage

from tests.accounts.office import RITA, Office, body, write
from tests.accounts.office import link_in as activation_in
from tests.checked_client import CheckedClient

FORM, BUTTON = "/reactivar-cuenta", "Recuperar cuenta"
NEW = "rita.mora@nuevo.example"
NUMBER, SERIAL = "AF100", "S77"


def with_account(portal: Office, email: str = RITA) -> Office:
    """Rita has an account with the address *email*, which she is about to lose."""
    portal.register(portal.visitor(), email=email)
    portal.work()
    browser = portal.visitor()
    browser.get(activation_in(portal.mails[0]))
    browser.form("Activar mi cuenta").submit()
    portal.work()
    portal.mails.clear()
    return portal


def ask(
    portal: Office, *, number: str = NUMBER, serial: str = SERIAL, email: str = NEW
) -> CheckedClient:
    """S3-53 to S3-55: the form filled and sent."""
    browser = portal.visitor()
    browser.get("/ingresar")
    browser.click("Reactivar cuenta")
    answers = {
        "Número de afiliación": number,
        "Número de serie de la credencial": serial,
        "Correo electrónico nuevo": email,
    }
    write(browser.form(FORM), answers).submit(BUTTON)
    return browser


def told(portal: Office, address: str) -> list[EmailMessage]:
    return [mail for mail in portal.mails if mail["To"] == address]


def link_in(mail: EmailMessage) -> str:
    """The path of the one link that does something."""
    [path] = re.findall(r"https?://[^/\s]+(/cuenta/(?:reactivar|no-fui-yo)/\S+)", body(mail))
    return str(path)


def links(portal: Office, **typed: str) -> tuple[str, str]:
    """Rita asks; what arrives at the new address, and what at the old one."""
    ask(portal, **typed)
    portal.work()
    return link_in(told(portal, typed.get("email", NEW))[-1]), link_in(told(portal, RITA)[-1])


def press(portal: Office, link: str, button: str = BUTTON) -> CheckedClient:
    browser = portal.visitor()
    browser.get(link)
    browser.form(button).submit()
    return browser


def password_in(mail: EmailMessage) -> str:
    [found] = re.findall(r"contraseña temporal es: (\S+)", body(mail))
    return str(found)
