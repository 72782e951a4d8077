"""Text messages cost money: who makes the clinic send how many."""

from datetime import timedelta

import pytest

from clinicweb.clinic.rules import PRESETS
from clinicweb.core import clock
from tests.accounts.office import GATEWAY, code_in
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
