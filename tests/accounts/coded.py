"""People who are asked for a code at sign-in: asking for it, reading it, typing it."""

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from clinicweb.core import db
from clinicweb.notifications.models import OutboxMessage
from tests.accounts.door import knock
from tests.cast import ANA, Person
from tests.checked_client import CheckedClient


def ask(browser: CheckedClient, person: Person = ANA) -> CheckedClient:
    """The right password; then the page that asks where the code goes."""
    assert knock(browser, person.username).status_code == 303
    browser.follow()
    return browser


def send(browser: CheckedClient, person: Person = ANA) -> CheckedClient:
    """The code's page, with a code on its way."""
    ask(browser, person)
    assert browser.form("Enviar").submit("Enviar").status_code == 303
    browser.follow()
    return browser


def enter(browser: CheckedClient, code: str) -> TestResponse:
    return browser.form("Ingresar").fill(code=code).submit("Ingresar")


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def rows(model: type) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def codes_sent() -> int:
    sent = select(func.count(OutboxMessage.id)).where(OutboxMessage.template == "sign_in_code")
    with db.reading() as session:
        return session.scalar(sent) or 0
