"""
Guessing for an hour (T13): few passwords are looked at, and the owner comes in meanwhile.

``PROVE`` in the environment asks for the full size.
"""

import os
import time

import pytest
from flask import Flask

from clinicweb.accounts import passwords
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core import clock, db
from tests.accounts.door import is_in, knock
from tests.accounts.guessing import HOUR, Guesser, through_an_hour
from tests.accounts.helped import NEW, choose, link_for
from tests.cast import ANA, PASSWORD
from tests.checked_client import CheckedClient
from tests.pages import make_app
from tests.pages import sign_in as come_in

PROVE = bool(os.environ.get("PROVE"))
GUESSES = 10_000 if PROVE else 120
ACCOUNTS = 5_000 if PROVE else 300
PAGE_EVERY = 10 if PROVE else 1
# Of the addresses that are forged, all variants together.
FORGED = GUESSES // 4 if PROVE else GUESSES
# Where it is the hour that counts, and not how many guesses are in it.
SOME = 500 if PROVE else 60
MOST_OF_ACCOUNT = 20
MOST_OF_ADDRESS = 100
SLOWEST_SECONDS = 2.0


@pytest.fixture
def checks(monkeypatch):
    """The passwords that were looked at; only Ana's own is right."""
    looked_at = []

    def look(password, password_hash):
        looked_at.append(password)
        return password_hash is not None and password in (PASSWORD, NEW)

    monkeypatch.setattr(passwords, "is_right", look)
    return looked_at


@pytest.fixture
def proxied(clinic_url, tmp_path):
    """The portal behind one proxy that says who asks."""
    yield make_app(clinic_url, tmp_path, trusted_proxies=1)
    db.current().dispose()


def test_one_address_guesses_few_passwords_of_one_account(app, checks, record_property):
    guesser = Guesser(app, page_every=PAGE_EVERY)

    statuses = [guesser.guess_on("ana") for _ in through_an_hour(GUESSES)]

    record_property("guesses", len(statuses))
    record_property("hashes", len(checks))
    assert set(statuses) == {422, 429}
    assert 5 <= len(checks) <= MOST_OF_ACCOUNT


def test_a_thousand_addresses_guess_no_more(proxied, checks, record_property):
    guesser = Guesser(proxied, page_every=PAGE_EVERY)

    statuses = [
        guesser.guess_on("ana", address=f"198.51.{number % 1000 // 250}.{number % 250}")
        for number in through_an_hour(GUESSES)
    ]

    record_property("guesses", len(statuses))
    record_property("hashes", len(checks))
    assert 5 <= len(checks) <= MOST_OF_ACCOUNT


@pytest.mark.parametrize(
    "header", ["198.51.100.{number}", "198.51.100.{number}, 203.0.113.7"], ids=["alone", "proxied"]
)
@pytest.mark.parametrize("name", ["ana", "nadie-{number}"], ids=["account", "network"])
def test_forged_addresses_change_nothing(request, checks, header, name, record_property):
    is_proxied = "," in header
    guesser = Guesser(request.getfixturevalue("proxied" if is_proxied else "app"))

    for number in through_an_hour(FORGED):
        guesser.guess(
            name.format(number=number), X_Forwarded_For=header.format(number=number % 250)
        )

    record_property("hashes", len(checks))
    assert 5 <= len(checks) <= (MOST_OF_ACCOUNT if name == "ana" else MOST_OF_ADDRESS)


def test_one_password_is_tried_on_few_of_many_accounts(app, checks, record_property):
    guesser = Guesser(app, page_every=PAGE_EVERY)

    for number in through_an_hour(ACCOUNTS):
        guesser.guess_on(f"paciente-{number}", "Verano2026")

    record_property("accounts", ACCOUNTS)
    record_property("hashes", len(checks))
    assert 50 <= len(checks) <= MOST_OF_ADDRESS


def guess_until_refused(app: Flask, name: str = "ana") -> Guesser:
    guesser = Guesser(app)
    while guesser.guess(name) != 429:
        pass
    return guesser


def browser_that_knows(app: Flask) -> CheckedClient:
    """Ana came in with it, and went."""
    browser = come_in(app, ANA)
    browser.get("/")
    browser.form("/salir").submit()
    return browser


def test_a_known_device_comes_in_at_the_first_try_while_strangers_guess(
    app, checks, record_property
):
    browser = browser_that_knows(app)
    guesser = guess_until_refused(app)

    began = time.perf_counter()
    status = knock(browser, "ana").status_code
    seconds = time.perf_counter() - began

    record_property("known_device_seconds", round(seconds, 3))
    assert status == 303
    assert is_in(browser)
    assert seconds <= SLOWEST_SECONDS or not PROVE
    assert guesser.guess("ana") == 429  # it helps no stranger


def test_whoever_guesses_without_end_keeps_the_known_device_out_at_no_time(app, checks):
    browser = browser_that_knows(app)
    guesser = Guesser(app)
    statuses = []
    for number in through_an_hour(60):
        guesser.guess("ana")
        if number % 10 == 9:
            statuses.append(knock(browser, "ana").status_code)
            browser.get("/")
            browser.form("/salir").submit()

    assert statuses == [303] * 6


def test_the_device_of_one_person_is_nothing_to_the_account_of_another(app, checks):
    browser = browser_that_knows(app)
    guess_until_refused(app, "clara")

    assert knock(browser, "clara").status_code == 429


def test_a_device_that_was_made_up_is_not_known(app, checks):
    browser = CheckedClient(app, use_cookies=True)
    browser.set_cookie("clinicweb-device", "A" * 43)
    guess_until_refused(app)

    assert knock(browser, "ana").status_code == 429


def test_a_known_device_has_its_own_end_of_guessing(app, checks):
    browser = browser_that_knows(app)
    before = len(checks)

    for _ in through_an_hour(SOME):
        browser.get("/ingresar")
        browser.form("/ingresar").fill(identifier="ana", password="no").submit()

    assert 5 <= len(checks) - before <= MOST_OF_ACCOUNT


def test_a_new_device_comes_in_through_recovery_while_strangers_guess(app, checks):
    """S4-17."""
    guesser = guess_until_refused(app)
    browser = CheckedClient(app, use_cookies=True)
    refused = knock(browser, "ana").status_code
    choose(browser, link_for(app, browser))
    while guesser.guess("ana") != 429:  # at once again
        pass

    status = knock(browser, "ana", NEW).status_code

    assert (refused, status) == (429, 303)
    assert is_in(browser)


def test_nobody_is_locked_out_for_good(app, checks):
    began = clock.now()
    guesser = Guesser(app)
    for _ in through_an_hour(SOME, began=began):
        guesser.guess("ana")

    with clock.frozen(began + HOUR + SignIn().account_pace.longest):
        status = knock(CheckedClient(app, use_cookies=True), "ana").status_code

    assert status == 303
