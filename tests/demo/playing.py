"""A preset's demo, its worker at a call, and the registration walked with printed answers."""

import re
from dataclasses import dataclass

from flask import Flask

from clinicweb import jobs, worker
from clinicweb.clinic.rules import ClinicRules
from clinicweb.config import Settings
from clinicweb.demo.commands import greeting
from clinicweb.demo.mailbox import DeliveredMessage, MailboxDelivery, read_mailbox
from clinicweb.demo.visitors import Visitor, Visitors
from clinicweb.notifications.sender import send_due
from tests.checked_client import CheckedClient

PASSWORD = "Una clave 9 larga"
BASE_URL = "http://localhost"


@dataclass
class Demo:
    """One preset's demo as it is served."""

    app: Flask
    settings: Settings
    rules: ClinicRules
    visitors: Visitors

    @property
    def printed(self) -> str:
        return greeting(self.settings, self.rules, self.visitors)

    def browser(self) -> CheckedClient:
        return CheckedClient(self.app, use_cookies=True)

    def newest_mail(self) -> DeliveredMessage:
        """The worker's round is done first."""
        mailbox = MailboxDelivery(self.settings.data_dir / "mailbox")
        courier = worker.courier_for(self.settings, "Clínica", BASE_URL, also=[mailbox])
        assert courier
        with self.app.app_context():
            jobs._answer(self.rules)
            send_due(courier)
        return read_mailbox(self.settings.data_dir / "mailbox")[0]


def sign_in(demo: Demo, identifier: str, password: str) -> int:
    """The status of the answer: 303 is inside."""
    browser = demo.browser()
    browser.get("/ingresar")
    form = browser.form("/ingresar").fill(identifier=identifier, password=password)
    return form.submit().status_code


def register(demo: Demo, visitor: Visitor) -> str:
    """The whole registration and its proof; the password that signs in from then on."""
    browser = _fill_in(demo, visitor)
    mail = demo.newest_mail()
    assert mail.to == visitor.answers["email"]
    if not visitor.is_known:
        return PASSWORD
    if mail.codes:
        browser.get(browser.url)
        browser.form("Continuar").fill(code=mail.codes[0]).submit()
    else:
        browser.get(next(link for link in mail.links if "/cuenta/activar/" in link))
        browser.form("Activar mi cuenta").submit()
    shown = re.search(r"\b\w{4}-\w{4}-\w{4}\b", browser.text())
    return shown[0] if shown and demo.rules.registration.generates_password else PASSWORD


def username_of(visitor: Visitor) -> str:
    return visitor.name.split()[0].casefold() + ".prueba"


def _fill_in(demo: Demo, visitor: Visitor) -> CheckedClient:
    """To the page after the last button; to the code's, where one is sent."""
    registration, labels = demo.rules.registration, demo.rules.labels
    browser = demo.browser()
    browser.get("/ingresar")
    browser.click(labels.register_link)
    browser.follow()
    if registration.first_fields:
        _submit(browser, demo, visitor, labels.validate_button)
    _submit(browser, demo, visitor, labels.register_button)
    if browser.last and browser.last.status_code == 303:
        browser.follow()
    if registration.activation == "code":
        browser.form("Enviar").submit("Enviar")
        browser.follow()
    return browser


def _submit(browser: CheckedClient, demo: Demo, visitor: Visitor, button: str) -> None:
    form = browser.form(button)
    chosen = {
        "username": username_of(visitor), "password": PASSWORD, "again": PASSWORD, "terms": True,
    }  # fmt: skip
    known = visitor.answers | chosen
    form.fill({name: known[name] for name in form.names() if name in known})
    assert form.submit(button).status_code == 303, browser.text()
    browser.follow()
