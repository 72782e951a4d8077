"""The code at sign-in by text message, where the clinic sends some (S1-11)."""

import pytest
from sqlalchemy import select

from clinicweb.core import db, tokens
from clinicweb.notifications.models import OutboxMessage
from tests.accounts.coded import ask, enter
from tests.accounts.conftest import ASKS_FOR_A_CODE
from tests.accounts.door import change_account
from tests.accounts.helped import clinic_file
from tests.cast import ANA
from tests.checked_client import CheckedClient
from tests.pages import make_app

PHONE = "+56912345678"


@pytest.fixture
def texting(clinic_url, tmp_path):
    """A browser of a clinic that sends text messages; Ana has a mobile."""
    clinic = clinic_file(tmp_path, *ASKS_FOR_A_CODE)
    app = make_app(clinic_url, tmp_path, clinic=clinic, is_demo=True)
    change_account(ANA, phone=PHONE)
    yield CheckedClient(app, use_cookies=True)
    db.current().dispose()


def newest():
    with db.reading() as session:
        return session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()


def code_of(app, message):
    keys = app.extensions["clinicweb.settings"].keys()
    proof = message.context["code_for"]
    return tokens.code(keys[-1], proof["purpose"], proof["id"])


def choose(browser, kind):
    form = browser.form("Enviar").fill(kind=kind)
    assert form.submit("Enviar").status_code == 303
    browser.follow()


def test_the_telephone_is_offered_masked_and_its_code_lets_in(texting):
    offered = ask(texting).text()

    choose(texting, "sms")
    message = newest()

    assert "+56 ••• ••• 56 78" in offered
    assert PHONE not in offered
    assert (message.channel, message.recipient) == ("sms", PHONE)
    assert "+56 ••• ••• 56 78" in texting.text()
    assert enter(texting, code_of(texting.application, message)).status_code == 303


def test_the_code_of_the_mail_is_nothing_after_the_telephone_was_chosen(texting):
    ask(texting)
    choose(texting, "email")
    by_mail = code_of(texting.application, newest())
    texting.get(texting.url.removesuffix("/codigo"))
    choose(texting, "sms")

    assert enter(texting, by_mail).status_code == 422


@pytest.mark.parametrize("phone", [None, "+5622345678", "ninguno", "+573001234567"])
def test_a_telephone_that_cannot_be_texted_is_not_offered(texting, phone):
    change_account(ANA, phone=phone)

    assert "Mensaje de texto" not in ask(texting).text()


def test_one_telephone_gets_few_messages(texting):
    ask(texting)
    for _ in range(3):
        choose(texting, "sms")
        texting.get(texting.url.removesuffix("/codigo"))

    answer = texting.form("Enviar").fill(kind="sms").submit("Enviar")

    assert answer.status_code == 429
    assert texting.form("Enviar").fill(kind="email").submit("Enviar").status_code == 303
