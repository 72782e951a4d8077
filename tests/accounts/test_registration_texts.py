"""S1-6: the code by text message, to whom it goes and who pays for how many."""

import re
from datetime import timedelta

import pytest

from clinicweb.accounts.models import DOCUMENT, EMAIL
from clinicweb.clinic.rules import PRESETS
from clinicweb.core import clock
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

RITAS_PHONE = "+573001234567"
MASKED = ["Correo electrónico r•••@correo.example", "Mensaje de texto +57 ••• ••• 45 67"]


@pytest.fixture
def portal(office):
    """Where text messages are sent, and asked for."""
    portal = office("oficina-virtual", sms_gateway_url=GATEWAY)
    portal.channel = "sms"
    return portal


def offered(browser, button="Enviar"):
    form = browser.form(button)
    return list(form.options("channel").values()) if "channel" in form.names() else []


def forge(browser, channel):
    """What somebody sends who does not use our page."""
    form = browser.form("Enviar")
    form.values["channel"] = channel
    return form.submit_anyway()


def code_of(text):
    return text.text[:6]


def until_channel(portal, browser, **changes):
    """To the page that asks where the code goes."""
    portal.begin(browser)
    assert portal.fill(browser, **changes).submit("Registrar").status_code == 303
    browser.follow()
    browser.follow()


def type_code(browser, code):
    browser.form("Continuar").fill(code=code).submit()
    return browser.last.status_code


def again(browser, channel):
    browser.form("Enviar de nuevo").fill(channel=channel).submit()
    status = browser.last.status_code
    if status == 303:
        browser.follow()
    return status


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


def test_one_telephone_gets_three_texts_an_hour_whoever_asks(portal):
    for number in range(5):
        portal.register(portal.visitor(), email=f"rita{number}@correo.example")
        portal.work()

    assert len(portal.texts.taken) == 3

    with clock.frozen(clock.now() + timedelta(hours=1, seconds=5)):
        portal.register(portal.visitor())
        portal.work()
    assert len(portal.texts.taken) == 4


def test_three_texts_for_one_registration(portal):
    browser = portal.visitor()
    portal.register(browser)
    portal.work()

    statuses = []
    for _ in range(4):
        statuses.append(again(browser, "sms"))
        portal.work()

    assert statuses == [303, 303, 429, 429]
    assert "Demasiados mensajes de texto. Espere 60 minutos o elija el correo" in browser.text()
    assert len(portal.texts.taken) == 3
    assert type_code(browser, code_of(portal.texts.taken[2])) == 200


def test_who_has_had_all_their_texts_can_still_have_a_mail(portal):
    browser = portal.visitor()
    portal.register(browser)
    assert [again(browser, "sms") for _ in range(3)] == [303, 303, 429]

    assert again(browser, "email") == 303
    portal.work()

    assert type_code(browser, code_in(portal.mails[0])) == 200


@pytest.fixture
def thrifty(office, tmp_path):
    """A clinic that pays for two texts a day, and lets one network ask for three."""
    text = (PRESETS / "oficina-virtual.toml").read_text("utf-8")
    file = tmp_path / "clinic.toml"
    file.write_text(f"{text}\n[sms]\nper_day = 2\nper_network_hour = 3\n", "utf-8")
    portal = office(str(file), sms_gateway_url=GATEWAY)
    portal.preset, portal.channel = "oficina-virtual", "sms"
    return portal


def test_one_network_asks_for_so_many_sent_or_not(thrifty):
    last = thrifty.visitor()
    for number in range(3):
        thrifty.register(thrifty.visitor(), phone=f"300 765 432{number}")
    until_channel(thrifty, last)

    answer = last.form("Enviar").fill(channel="sms").submit()

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 3000
    assert "elija el correo" in last.text()
    assert last.form("Enviar").fill(channel="email").submit().status_code == 303


def test_when_the_days_texts_are_used_up_e_mail_alone_is_offered(thrifty):
    early, late = thrifty.visitor(), thrifty.visitor()
    until_channel(thrifty, early)
    for _ in range(2):
        thrifty.register(thrifty.visitor())
    thrifty.work()
    assert len(thrifty.texts.taken) == 2

    assert forge(early, "sms").status_code == 422
    assert offered(early) == MASKED[:1]
    until_channel(thrifty, late)
    assert offered(late) == MASKED[:1]
    with clock.frozen(clock.now() + timedelta(days=1, seconds=5)):
        early.get(early.url.removesuffix("/enviar"))
        assert offered(early) == MASKED


def test_what_one_day_has_too_many_of_is_not_sent_and_the_log_says_so(thrifty, caplog):
    for _ in range(3):
        thrifty.register(thrifty.visitor())
    thrifty.work()

    assert len(thrifty.texts.taken) == 2
    assert "a text message was not sent" in caplog.text
    assert RITAS_PHONE not in caplog.text
