"""«Reactivar cuenta» tells strangers nothing and lets nobody guess (T08, T12, T13)."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from clinicweb.accounts.models import EMAIL, RegistrationRequest
from clinicweb.accounts.reactivation_models import ReactivationRequest
from clinicweb.core import db
from tests.accounts.office import NINA, RITA, account_of, body, rows
from tests.accounts.reactivated import FORM, NEW, NUMBER, SERIAL, ask, links, told, with_account
from tests.checked_client import CheckedClient

TRIES_OF_A_CARD, TRIES_OF_A_LINE, MAILS_AN_HOUR = 15, 5, 3
EVIL = "evil.example"


@pytest.fixture
def portal(office):
    return with_account(office("afiliados"))


class _From(CheckedClient):
    line = 1

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.environ_base["REMOTE_ADDR"] = f"203.0.113.{_From.line}"


def guess(portal, monkeypatch, *, line, number=NUMBER, serial="S78"):
    monkeypatch.setattr(_From, "line", line)
    monkeypatch.setattr("tests.accounts.office.CheckedClient", _From)
    return ask(portal, number=number, serial=serial).last.status_code


def test_one_line_tries_few_serials_of_a_number_known_or_not(portal, monkeypatch):
    tried = {
        number: [guess(portal, monkeypatch, line=1, number=number) for _ in range(6)]
        for number in (NUMBER, "AF999")
    }

    assert tried == dict.fromkeys(tried, [303] * TRIES_OF_A_LINE + [429])


def test_many_lines_together_try_few_more(portal, monkeypatch):
    left = TRIES_OF_A_CARD - 1  # she registered with it

    tried = [guess(portal, monkeypatch, line=number) for number in range(1, left + 3)]

    assert tried == [303] * left + [429] * 2


def test_a_stranger_alone_keeps_the_owner_from_nothing(portal, monkeypatch):
    for _ in range(30):
        guess(portal, monkeypatch, line=1)

    assert guess(portal, monkeypatch, line=2, serial=SERIAL) == 303
    portal.work()
    assert told(portal, NEW)


def test_serials_tried_by_registering_count_as_well(portal, monkeypatch):
    """Its answer comes by mail, to whoever guesses."""
    monkeypatch.setattr("tests.accounts.office.CheckedClient", _From)
    before = rows(RegistrationRequest)
    for number in range(8):
        browser = portal.begin(portal.visitor())
        portal.fill(browser, card_serial=f"x{number}", email=NINA).submit()

    assert browser.last.status_code == 429
    assert "Espere" in browser.text()
    assert rows(RegistrationRequest) == before + TRIES_OF_A_LINE


def test_nobody_is_flooded(portal):
    """Three mails an hour to one mailbox, and to the old one, however many are asked for."""
    for number in range(5):
        ask(portal, number=("AF100", "AF101")[number % 2])
    portal.work()

    assert len(told(portal, NEW)) == MAILS_AN_HOUR
    assert len(told(portal, RITA)) == MAILS_AN_HOUR


def test_requests_beyond_the_limit_do_not_kill_the_link_that_was_sent(portal):
    for number in range(5):
        link, _ = links(portal, email=f"uno{min(number, 2)}@nuevo.example")

    assert portal.visitor().get(link).status_code == 200


@pytest.mark.parametrize("serial", ["S78", "' OR 1=1", "x" * 40])
def test_a_wrong_card_is_told_to_the_address_that_was_typed_alone(portal, serial):
    ask(portal, serial=serial)
    portal.work()

    [mail] = portal.mails
    assert mail["To"] == NEW
    assert "no son de ninguna cuenta" in body(mail)
    assert account_of(EMAIL, RITA)


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "no es un correo"},
        {"email": "rita@correo.example\nBcc: todos@correo.example"},
        {"affiliation_number": ""},
        {"card_serial": ""},
        {"card_serial": "x" * 41},
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_what_was_typed_stays(portal, changes):
    browser = portal.visitor()
    browser.get(FORM)
    form = browser.form(FORM)
    typed = {"affiliation_number": NUMBER, "card_serial": SERIAL, "email": NEW} | changes
    for name, value in typed.items():
        form.values[name] = value

    answer = form.submit_anyway()

    assert answer.status_code == (422 if "\n" not in typed["email"] else answer.status_code)
    if answer.status_code == 422:
        assert browser.page.elements("div")
        assert rows(ReactivationRequest) == 0
    portal.work()
    assert [mail for mail in portal.mails if mail["Bcc"]] == []


@pytest.mark.parametrize(
    "claim",
    [
        {"Host": EVIL},
        {"X-Forwarded-Host": EVIL},
        {"Forwarded": f"host={EVIL}"},
        {"Host": f"portal.example@{EVIL}"},
    ],
    ids=str,
)
def test_no_claim_of_a_host_gets_into_a_mail(portal, claim):
    """T12."""
    portal.app.config["WTF_CSRF_ENABLED"] = False
    client = FlaskClient(portal.app, portal.app.response_class)
    typed = {"affiliation_number": NUMBER, "card_serial": SERIAL, "email": NEW}

    client.post(FORM, data=typed, headers=claim)
    with db.reading() as session:
        asked = session.scalar(select(func.count()).select_from(ReactivationRequest))
    portal.work()

    assert len(portal.mails) == 2 * (asked or 0)
    assert EVIL not in "".join(mail.as_string() for mail in portal.mails)
