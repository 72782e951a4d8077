"""Guessing: slowed down for everybody, for good for nobody (T13)."""

from datetime import timedelta

import pytest

from clinicweb.core import clock
from tests.accounts.door import FREE_OF_ACCOUNT, FREE_OF_NETWORK, add_document, knock, typed
from tests.cast import PASSWORD
from tests.checked_client import CheckedClient

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def began():
    """All happens at this instant, but for what a test lets happen later."""
    now = clock.now()
    with clock.frozen(now):
        yield now


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

    failures = fail(browser, name, FREE_OF_ACCOUNT)
    answer = knock(browser, name, PASSWORD)

    assert failures == [422] * FREE_OF_ACCOUNT
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert "Demasiados intentos. Espere 1 minuto, o recupere su contraseña." in browser.text()
    assert typed(browser, "identifier") == name
    assert PASSWORD not in answer.get_data(as_text=True)


def test_each_further_failure_waits_twice_as_long_up_to_a_quarter_of_an_hour(visitor, began):
    fail(visitor(), times=FREE_OF_ACCOUNT)
    waits, now = [], began
    for _ in range(6):
        with clock.frozen(now):
            waits.append(int(knock(visitor(), "ana").headers["Retry-After"]) // 60)
        with clock.frozen(now + waits[-1] * MINUTE - SECOND):
            assert fail(visitor()) == [429]
        now += waits[-1] * MINUTE
        with clock.frozen(now):
            assert fail(visitor()) == [422]

    assert waits == [1, 2, 4, 8, 8, 15]  # while it waited, a failure was forgotten


def test_asking_too_early_makes_nobody_wait_longer(visitor, began):
    fail(visitor(), times=FREE_OF_ACCOUNT)
    for second in range(0, 60, 10):
        with clock.frozen(began + second * SECOND):
            assert knock(visitor(), "ana").status_code == 429

    with clock.frozen(began + MINUTE):
        assert knock(visitor(), "ana").status_code == 303


def test_an_account_that_waits_waits_by_all_its_names(visitor, strict_app):
    add_document("ana", "10000013-K")
    fail(visitor(), "ana", FREE_OF_ACCOUNT)

    assert knock(visitor(), "10.000.013-k").status_code == 429


def test_the_owners_success_forgets_the_failures_of_the_account(visitor):
    fail(visitor(), times=FREE_OF_ACCOUNT - 1)
    came_in = knock(visitor(), "ana").status_code

    assert came_in == 303
    assert fail(visitor("203.0.113.8"), times=FREE_OF_ACCOUNT) == [422] * FREE_OF_ACCOUNT


def test_a_network_that_failed_too_often_waits_whomever_it_names(visitor, began):
    browser = visitor()
    for number in range(FREE_OF_NETWORK):
        fail(browser, f"nadie-{number}")

    answer = knock(browser, "ana")

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "1"
    assert knock(visitor("203.0.113.8"), "ana").status_code == 303
    with clock.frozen(began + SECOND):
        assert knock(browser, "ana").status_code == 303


def test_a_clinics_shared_address_is_not_used_up_by_people_who_come_in(visitor):
    statuses = [knock(visitor(), "ana").status_code for _ in range(FREE_OF_NETWORK + 2)]

    assert set(statuses) == {303}


def test_coming_in_gives_a_network_one_attempt_back_and_no_more(visitor):
    for number in range(FREE_OF_NETWORK - 1):
        fail(visitor(), f"nadie-{number}")
    knock(visitor(), "ana")

    assert fail(visitor(), "nadie-9") == [422]
    assert fail(visitor(), "nadie-10") == [429]


def test_a_header_of_the_visitor_makes_no_new_address(visitor):
    spoofed = [
        knock(visitor(), f"nadie-{number}", **{"X-Forwarded-For": f"198.51.100.{number}"})
        for number in range(FREE_OF_NETWORK + 1)
    ]

    assert [answer.status_code for answer in spoofed] == [422] * FREE_OF_NETWORK + [429]


def test_the_many_addresses_of_one_line_count_as_one(visitor):
    line = [
        fail(visitor(f"2001:db8:0:1::{number:x}"), f"nadie-{number}")[0]
        for number in range(FREE_OF_NETWORK + 1)
    ]

    assert line == [422] * FREE_OF_NETWORK + [429]
    assert fail(visitor("2001:db8:0:2::1"), "nadie") == [422]


def test_waiting_for_the_account_costs_the_network_nothing(visitor):
    fail(visitor(), times=FREE_OF_ACCOUNT)
    refused = fail(visitor(), times=FREE_OF_NETWORK)

    assert refused == [429] * FREE_OF_NETWORK
    assert fail(visitor(), "nadie") == [422]
