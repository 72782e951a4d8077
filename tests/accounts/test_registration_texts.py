"""S1-6: the code by text message, to whom it goes and what it shows."""

import re

import pytest

from clinicweb.accounts.models import DOCUMENT, EMAIL
from tests.accounts.office import (
    GATEWAY,
    NINA,
    RITA,
    account_of,
    body,
    code_in,
    give_rita,
    requests,
)
from tests.accounts.test_registration_walks import sign_in
from tests.accounts.texting import (
    MASKED,
    RITAS_PHONE,
    again,
    code_of,
    forge,
    offered,
    type_code,
    until_channel,
)


@pytest.fixture
def portal(office):
    """Where text messages are sent, and asked for."""
    portal = office("oficina-virtual", sms_gateway_url=GATEWAY)
    portal.channel = "sms"
    return portal


def test_a_code_by_text_message_opens_the_account(portal):
    """S1-6 to S1-9."""
    browser = portal.visitor()
    until_channel(portal, browser)
    assert offered(browser) == MASKED

    browser.form("Enviar").fill(channel="sms").submit()
    browser.follow()
    assert "mensaje de texto con un código al +57 ••• ••• 45 67" in browser.text()
    portal.work()

    assert portal.mails == []
    [text] = portal.texts.taken
    assert text.to == RITAS_PHONE
    assert re.fullmatch(r"\d{6} es su codigo para abrir su cuenta en .+ minutos\. .+", text.text)
    assert type_code(browser, code_of(text)) == 200
    portal.work()
    assert sign_in(browser, "1.020.304.050") == 303
    assert [mail["To"] for mail in portal.mails] == [RITA]


def test_another_telephone_than_the_records_gets_nothing_and_e_mail_still_helps(portal):
    browser = portal.visitor()
    portal.register(browser, phone="300 765 4321")
    portal.work()
    assert (portal.texts.taken, portal.mails) == ([], [])
    assert type_code(browser, "123456") == 422

    assert again(browser, "email") == 303
    portal.work()

    assert portal.texts.taken == []
    assert type_code(browser, code_in(portal.mails[0])) == 200


def test_a_telephone_shows_no_address(portal):
    """Who mistyped their e-mail, or typed another's, gets no password sent there."""
    browser = portal.visitor()
    portal.register(browser, email=NINA)
    portal.work()
    assert type_code(browser, code_of(portal.texts.taken[0])) == 200
    browser.get("/recuperar/clave")
    browser.form("/recuperar/clave").fill(identifier="1.020.304.050").submit()
    portal.work()

    account = account_of(DOCUMENT, "1020304050")
    assert account
    assert (account.email, account.phone) == (None, RITAS_PHONE)
    assert account_of(EMAIL, NINA) is None
    assert {mail["To"] for mail in portal.mails} == {RITA}


def test_who_has_no_address_in_the_record_comes_in_by_telephone(portal):
    give_rita(email=None)
    browser = portal.visitor()

    portal.register(browser, email=NINA)
    portal.work()
    assert type_code(browser, code_of(portal.texts.taken[0])) == 200
    portal.work()

    assert account_of(DOCUMENT, "1020304050")
    assert portal.mails == []


def test_an_address_shows_no_telephone(portal):
    """The record's telephone, typed by somebody with another e-mail, opens nothing by e-mail."""
    portal.channel = "email"

    portal.register(portal.visitor(), email=NINA)
    portal.work()

    assert "no calzan" in body(portal.mails[0])
    assert portal.texts.taken == []


def test_sent_again_it_goes_where_it_is_chosen_anew_and_the_first_no_longer_counts(portal):
    """S3-72."""
    portal.channel = "email"
    browser = portal.visitor()
    portal.register(browser)
    portal.work()
    assert offered(browser, "Enviar de nuevo") == MASKED

    assert again(browser, "sms") == 303
    assert "Le llega otro mensaje de texto" in browser.text()
    portal.work()

    assert type_code(browser, code_in(portal.mails[0])) == 422
    assert type_code(browser, code_of(portal.texts.taken[0])) == 200


def test_a_channel_that_shows_nothing_ends_the_code_of_the_other(portal):
    portal.channel = "email"
    browser = portal.visitor()
    portal.register(browser, phone="300 765 4321")
    portal.work()

    assert again(browser, "sms") == 303
    portal.work()

    assert type_code(browser, code_in(portal.mails[0])) == 422
    assert account_of(DOCUMENT, "1020304050") is None


@pytest.mark.parametrize(
    "phone",
    ["601 555 0160", "+56 9 1234 5678", "+1 900 555 1234"],
    ids=["landline", "abroad", "dear"],
)
def test_only_mobiles_of_the_country_are_offered(portal, phone):
    browser = portal.visitor()
    until_channel(portal, browser, phone=phone)
    assert offered(browser) == MASKED[:1]

    answer = forge(browser, "sms")

    assert answer.status_code == 422
    assert "Elija dónde recibirlo" in browser.text()
    assert requests()[0].code_sent_at is None


def test_without_a_gateway_no_telephone_is_offered(office):
    portal = office("oficina-virtual")
    browser = portal.visitor()

    until_channel(portal, browser)
    assert offered(browser) == MASKED[:1]
    browser.form("Enviar").submit()
    browser.follow()

    assert offered(browser, "Enviar de nuevo") == []


@pytest.mark.parametrize("channel", ["fax", "", "sms "])
def test_a_channel_that_nobody_offered_is_refused(portal, channel):
    browser = portal.visitor()
    until_channel(portal, browser)

    assert forge(browser, channel).status_code == 422
    assert requests()[0].code_sent_at is None
