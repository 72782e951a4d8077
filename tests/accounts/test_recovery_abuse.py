"""Help for who cannot come in tells strangers nothing, and floods nobody (T08, T12, T13)."""

import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from clinicweb.core import db
from clinicweb.models import metadata
from tests.accounts.door import RUTS, without_secrets
from tests.accounts.helped import (
    PASSWORD_PAGE,
    USER_PAGE,
    answer,
    ask,
    choose,
    clinic_file,
    give_address,
    link_in,
    mails,
    recipients,
    text_of,
)
from tests.cast import CLARA
from tests.checked_client import CheckedClient
from tests.pages import make_app

PAGES = (USER_PAGE, PASSWORD_PAGE)
EVIL = "evil.example"


NOBODIES = {
    "unknown": "nadie",
    "unknown document": "5.126.663-3",
    "unknown address": "nadie@pacientes.example",
    "closed": "dora",
    "closed, by document": RUTS["dora"],
    "closed, by address": "dora@pacientes.example",
    "without address": "clara",
    "strange": "' OR 1=1 --\u202e\x00%_*",
}


@pytest.mark.parametrize("help_page", PAGES)
def test_nobody_can_tell_who_is_known(app, page, ruts, help_page):
    """T08."""
    give_address(CLARA, None)
    known = seen(page, "ana", help_page)

    assert {who: seen(page, name, help_page) for who, name in NOBODIES.items()} == dict.fromkeys(
        NOBODIES, known
    )
    assert known[0] == "303 SEE OTHER"
    assert answer(app) == 1 + len(NOBODIES)
    assert recipients(app) == ["ana@pacientes.example"]


def seen(page, name, help_page):
    """All that somebody outside can see of asking for *name*."""
    browser = page()
    response = ask(browser, name, help_page)
    asked = list(browser.last_queries)
    headers = {key: value for key, value in response.headers if key != "Set-Cookie"}
    headers["Content-Security-Policy"] = re.sub(
        r"nonce-[\w-]+", "nonce", headers["Content-Security-Policy"]
    )
    after = browser.follow()
    page_after = without_secrets(after.get_data(as_text=True))
    return response.status, headers, response.get_data(), asked, after.status, page_after


def test_the_same_for_all_goes_when_the_limit_is_reached(page):
    """The limit is of the address of the network, whomever it asks for."""
    for number in range(20):
        assert ask(page(), "ana" if number % 2 else "nadie").status_code == 303

    statuses = [ask(page(), name).status_code for name in ("ana", "nadie", "dora")]

    assert statuses == [429] * 3


def test_too_many_requests_are_told_how_long_to_wait_and_keep_what_was_typed(page):
    for _ in range(20):
        ask(page(), "nadie", USER_PAGE)
    browser = page()

    refused = ask(browser, "nadie", USER_PAGE)

    assert int(refused.headers["Retry-After"]) > 3500
    assert "Espere 60 minutos" in browser.text()
    assert browser.form(USER_PAGE).values["identifier"] == "nadie"


def test_one_line_to_the_internet_counts_as_one(page):
    statuses = []
    for number in range(21):
        browser = page()
        browser.environ_base["REMOTE_ADDR"] = f"2001:db8:0:1::{number:x}"
        statuses.append(ask(browser, "nadie").status_code)

    assert statuses == [303] * 20 + [429]


@pytest.mark.parametrize("help_page", PAGES)
def test_nobody_is_flooded_whoever_asks(app, page, help_page):
    """Three mails an hour to one person, by however many names they are asked for."""
    for number in range(12):
        browser = page()
        browser.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        ask(browser, ("ana", "ANA", "ana@pacientes.example")[number % 3], help_page)
    answer(app)

    assert recipients(app) == ["ana@pacientes.example"] * 3


def test_requests_beyond_the_limit_do_not_kill_the_link_that_was_sent(app, page):
    """A stranger who asks without end keeps nobody out."""
    for _ in range(6):
        ask(page(), "ana")
    answer(app)

    last = urlsplit(link_in(mails(app)[-1])).path
    assert choose(page(), last).status_code == 303


def test_the_database_holds_nothing_that_opens_an_account(app, page):
    ask(page(), "ana")
    answer(app)
    token = link_in(mails(app)[0]).rpartition("/")[2]

    with db.reading() as session:
        rows = [
            repr(tuple(row))
            for table in metadata.sorted_tables
            for row in session.execute(select(table))
        ]

    assert rows
    assert [row for row in rows if token in row or token.split(".")[2] in row] == []


@pytest.mark.parametrize(
    "claim",
    [
        {"Host": EVIL},
        {"X-Forwarded-Host": EVIL},
        {"Forwarded": f"host={EVIL}"},
        {"Host": f"portal.example@{EVIL}"},
        {"X-Original-URL": f"http://{EVIL}/"},
    ],
    ids=lambda claim: f"{claim}",
)
@pytest.mark.parametrize("proxies", [0, 1])
def test_no_claim_of_a_host_gets_into_a_mail(clinic_url, tmp_path, claim, proxies):
    """T12: a link that leads elsewhere would hand the account over."""
    app = make_app(clinic_url, tmp_path, trusted_proxies=proxies)
    app.config["WTF_CSRF_ENABLED"] = False
    client = FlaskClient(app, app.response_class)
    for help_page in PAGES:
        client.post(help_page, data={"identifier": "ana"}, headers=claim)
    answered = answer(app)
    written = [mail.as_string() for mail in mails(app)]
    db.current().dispose()

    assert answered in (0, 2)
    assert len(written) == answered
    assert EVIL not in "".join(written)


def test_a_flood_of_requests_costs_one_row_each_and_holds_no_more_than_was_typed(app, page):
    browser = page()
    browser.get(PASSWORD_PAGE)
    form = browser.form(PASSWORD_PAGE)
    form.values["identifier"] = "x" * 5000

    assert form.submit_anyway().status_code == 422
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM recovery_request")) == 0


def test_an_act_of_the_worker_leaves_a_line_without_what_was_typed(app, page):
    ask(page(), "ana@pacientes.example", USER_PAGE)
    answer(app)

    with db.reading() as session:
        row = session.execute(
            text("SELECT action, detail FROM audit_event ORDER BY id DESC LIMIT 1")
        ).one()
    assert row.action == "recovery.answer"
    assert "ana" not in str(row.detail)


def test_a_name_that_means_nobody_stops_no_other_request(app, page):
    for name in NOBODIES.values():
        ask(page(), name)
    ask(page(), "ana")

    answer(app)

    assert recipients(app) == ["clara@pacientes.example", "ana@pacientes.example"]


def test_the_limits_are_the_clinics(clinic_url, tmp_path):
    section = "[recovery]\nmails_per_person_hour = 1\nlink_minutes = 5\n"
    app = make_app(clinic_url, tmp_path, clinic=clinic_file(tmp_path, section))
    for _ in range(3):
        ask(CheckedClient(app, use_cookies=True), "ana")
    answer(app)
    sent = mails(app)
    db.current().dispose()

    assert len(sent) == 1
    assert "durante 5 minutos" in text_of(sent[0])
