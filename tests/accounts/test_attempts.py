"""Guessing: slowed down for everybody, for good for nobody (T13)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from clinicweb.accounts import passwords, sign_in_actions
from clinicweb.clinic.rules import SignIn
from clinicweb.core import clock, db
from clinicweb.core.errors import NotAllowed, TooManyAttempts
from tests.accounts.door import FAILURES_OF_ACCOUNT, FAILURES_OF_ADDRESS, knock, typed
from tests.cast import PASSWORD
from tests.pages import CheckedClient

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def visitor(strict_app):
    def arrive(address="203.0.113.7"):
        browser = CheckedClient(strict_app, use_cookies=True)
        browser.environ_base["REMOTE_ADDR"] = address
        return browser

    return arrive


def fail(browser, name="ana", times=1):
    return [knock(browser, name, "no es la clave").status_code for _ in range(times)]


@pytest.mark.parametrize("name", ["ana", "nadie", "dora"])
def test_after_too_many_failures_the_door_says_how_long_to_wait(visitor, name):
    browser = visitor()

    failures = fail(browser, name, FAILURES_OF_ACCOUNT)
    answer = knock(browser, name, PASSWORD)

    assert failures == [422] * FAILURES_OF_ACCOUNT
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= HOUR.total_seconds()
    assert "Demasiados intentos. Espere 60 minutos" in browser.text()
    assert typed(browser, "identifier") == name
    assert PASSWORD not in answer.get_data(as_text=True)


def test_a_limited_account_is_limited_by_all_its_names(visitor, strict_app):
    from tests.accounts.door import add_document

    add_document("ana", "10000013-K")
    fail(visitor(), "ana", FAILURES_OF_ACCOUNT)

    assert knock(visitor(), "10.000.013-k").status_code == 429


def test_the_owners_success_forgets_the_failures_of_the_account(visitor):
    fail(visitor(), times=FAILURES_OF_ACCOUNT - 1)
    came_in = knock(visitor(), "ana").status_code

    assert came_in == 303
    assert fail(visitor("203.0.113.8"), times=FAILURES_OF_ACCOUNT) == [422] * FAILURES_OF_ACCOUNT


def test_an_address_that_failed_too_often_waits_whomever_it_names(visitor):
    browser = visitor()
    for number in range(FAILURES_OF_ADDRESS):
        fail(browser, f"nadie-{number}")

    assert knock(browser, "ana").status_code == 429
    assert knock(visitor("203.0.113.8"), "ana").status_code == 303


def test_a_clinics_shared_address_is_not_used_up_by_people_who_come_in(visitor):
    statuses = [knock(visitor(), "ana").status_code for _ in range(FAILURES_OF_ADDRESS + 2)]

    assert set(statuses) == {303}


def test_coming_in_gives_an_address_one_attempt_back_and_no_more(visitor):
    for number in range(FAILURES_OF_ADDRESS - 1):
        fail(visitor(), f"nadie-{number}")
    knock(visitor(), "ana")

    assert fail(visitor(), "nadie-9") == [422]
    assert fail(visitor(), "nadie-10") == [429]


def test_a_stranger_who_never_stops_locks_nobody_out_for_good(visitor):
    began = clock.now()
    with clock.frozen(began):
        fail(visitor("203.0.113.66"), times=FAILURES_OF_ACCOUNT)
    for minute in (1, 20, 40, 59):
        with clock.frozen(began + timedelta(minutes=minute)):
            assert fail(visitor("203.0.113.66")) == [429]

    with clock.frozen(began + HOUR - SECOND):
        before = knock(visitor(), "ana").status_code
    with clock.frozen(began + HOUR):
        after = knock(visitor(), "ana").status_code

    assert (before, after) == (429, 303)


def test_a_header_of_the_visitor_makes_no_new_address(visitor):
    spoofed = [
        knock(visitor(), f"nadie-{number}", **{"X-Forwarded-For": f"198.51.100.{number}"})
        for number in range(FAILURES_OF_ADDRESS + 1)
    ]

    assert [answer.status_code for answer in spoofed] == [422] * FAILURES_OF_ADDRESS + [429]


def test_the_many_addresses_of_one_line_count_as_one(visitor):
    line = [
        fail(visitor(f"2001:db8:0:1::{number:x}"), f"nadie-{number}")[0]
        for number in range(FAILURES_OF_ADDRESS + 1)
    ]

    assert line == [422] * FAILURES_OF_ADDRESS + [429]
    assert fail(visitor("2001:db8:0:2::1"), "nadie") == [422]


def guess(rules, name, address):
    try:
        sign_in_actions.sign_in(rules, sign_in_actions.Attempt(name, "guess", address, ""))
    except (NotAllowed, TooManyAttempts) as refusal:
        return type(refusal)
    raise AssertionError("a wrong password came in")


@pytest.fixture
def checks(monkeypatch):
    checked = []
    monkeypatch.setattr(passwords, "is_right", lambda *asked: bool(checked.append(asked)))
    return checked


@pytest.fixture
def database(any_clinic_url):
    database = db.Database(any_clinic_url)
    db.configure(database)
    yield database
    database.dispose()


def test_many_at_once_get_exactly_the_attempts_that_are_allowed(database, checks):
    rules = SignIn(failures_per_account_hour=7, failures_per_address_hour=1000)

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(lambda _: guess(rules, "ana", "203.0.113.7"), range(64)))

    assert outcomes.count(NotAllowed) == 7
    assert outcomes.count(TooManyAttempts) == 57
    assert len(checks) == 7


def test_one_account_costs_few_checks_from_however_many_addresses(database, checks):
    for number in range(50):
        guess(SignIn(), "ana", f"198.51.{number}.1")

    assert len(checks) == 20


def test_one_password_is_tried_on_few_accounts_from_one_address(database, checks):
    for number in range(30):
        guess(SignIn(failures_per_address_hour=20), f"nadie-{number}", "203.0.113.7")

    assert len(checks) == 20
