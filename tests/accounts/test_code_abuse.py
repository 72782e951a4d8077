"""Codes of a sign-in: stolen, guessed, replayed, late, of others (T10)."""

from datetime import timedelta

import pytest

from clinicweb.accounts.factor_actions import MOST_GUESSES_HOUR
from clinicweb.accounts.models import LoginSession, SignInRequest
from clinicweb.accounts.sign_in_requests import LIFETIME, MOST_ATTEMPTS, MOST_CHOICES
from clinicweb.core import clock
from tests.accounts.coded import ask, codes_sent, enter, rows, send, wrong
from tests.accounts.door import change_account, cookie_of, is_in, with_cookie
from tests.cast import ANA, CLARA
from tests.pages import mailed_code

SECOND = timedelta(seconds=1)
OVER = "Pasó demasiado tiempo, o ese código ya no vale. Ingrese otra vez."


def test_another_browser_with_the_address_can_do_nothing(office_app, stranger):
    browser = send(stranger())
    where, code = browser.url, mailed_code(office_app)
    token = browser.form("Ingresar").values["csrf_token"]
    thief = stranger()
    thief.get("/ingresar")
    thiefs_token = thief.form("/ingresar").values["csrf_token"]

    looked = [thief.get(where).status_code, thief.get(where.removesuffix("/codigo")).status_code]
    tried = [
        thief.post(where, data={"code": code, "csrf_token": thiefs_token}).status_code,
        thief.post(
            where.removesuffix("/codigo"), data={"kind": "email", "csrf_token": thiefs_token}
        ).status_code,
    ]

    assert token != thiefs_token
    assert looked + tried == [404] * 4
    assert codes_sent() == 1
    assert not is_in(thief)
    browser.get(where)
    assert enter(browser, code).status_code == 303


def test_a_code_is_good_once(office_app, stranger):
    browser = send(stranger())
    where, code, cookie = browser.url, mailed_code(office_app), cookie_of(browser)
    form = browser.form("Ingresar").fill(code=code)
    form.submit("Ingresar")
    replay = with_cookie(office_app, cookie)
    token = form.values["csrf_token"]

    answer = replay.post(where, data={"code": code, "csrf_token": token})

    assert answer.headers["Location"] == "/ingresar"
    assert rows(LoginSession) == 1


def test_the_code_of_another_request_is_refused(office_app, stranger):
    first, second = send(stranger()), send(stranger())
    code_of_second = mailed_code(office_app)

    refused = enter(first, code_of_second).status_code

    assert refused == 422
    assert enter(second, code_of_second).status_code == 303


def test_the_code_of_another_person_is_refused(office_app, stranger):
    clara, ana = send(stranger(), CLARA), send(stranger())

    assert enter(clara, mailed_code(office_app)).status_code == 422
    assert not is_in(clara)
    assert enter(ana, mailed_code(office_app)).status_code == 303


def test_after_another_sending_only_the_new_code_counts(office_app, stranger):
    browser = send(stranger())
    old = mailed_code(office_app)
    browser.form("Enviar de nuevo").submit("Enviar de nuevo")
    browser.follow()
    new = mailed_code(office_app)

    refused = enter(browser, old).status_code

    assert old != new
    assert refused == 422
    assert enter(browser, new).status_code == 303


def test_guessing_stops_after_five_tries_even_with_the_right_code(office_app, stranger):
    browser = send(stranger())
    code = mailed_code(office_app)

    guesses = [enter(browser, wrong(code)).status_code for _ in range(MOST_ATTEMPTS)]
    answer = enter(browser, code)

    assert guesses == [422] * MOST_ATTEMPTS
    assert answer.status_code == 409
    assert "Este código ya no vale. Pida otro." in browser.text()
    assert not is_in(browser)


def test_many_requests_guess_no_more_than_the_account_allows(office_app, stranger):
    statuses = []
    for _ in range(MOST_GUESSES_HOUR // MOST_ATTEMPTS + 1):
        browser = send(stranger())
        code = mailed_code(office_app)
        statuses += [enter(browser, wrong(code)).status_code for _ in range(MOST_ATTEMPTS)]

    assert statuses.count(422) == MOST_GUESSES_HOUR
    assert statuses[MOST_GUESSES_HOUR:] == [429] * MOST_ATTEMPTS


@pytest.mark.parametrize(("after", "status"), [(LIFETIME - SECOND, 303), (LIFETIME, 303)])
def test_a_code_lasts_ten_minutes_to_the_second(office_app, stranger, after, status):
    began = clock.now()
    with clock.frozen(began):
        browser = send(stranger())
        code = mailed_code(office_app)
    with clock.frozen(began + after):
        answer = enter(browser, code)
        browser.follow()

    assert answer.status_code == status
    assert (OVER in browser.text()) is (after == LIFETIME)


def test_choosing_again_has_an_end(stranger):
    browser = ask(stranger())
    for _ in range(MOST_CHOICES):
        browser.form("Enviar").submit("Enviar")
        browser.follow()
        browser.get(browser.url.removesuffix("/codigo"))

    assert "Ya no se envían más códigos para este ingreso." in browser.text()
    assert codes_sent() == MOST_CHOICES


def test_a_password_changed_meanwhile_makes_the_code_worthless(office_app, stranger):
    browser = send(stranger())
    code = mailed_code(office_app)
    change_account(ANA, credential_version=2)

    answer = enter(browser, code)

    assert answer.status_code == 409
    assert not is_in(browser)


def test_an_account_closed_meanwhile_stays_closed(office_app, stranger):
    browser = send(stranger())
    code = mailed_code(office_app)
    change_account(ANA, is_active=False)

    assert enter(browser, code).status_code == 409
    assert not is_in(browser)


def test_the_password_alone_opens_nothing(stranger):
    browser = ask(stranger())

    assert not is_in(browser)
    assert rows(LoginSession) == 0
    assert rows(SignInRequest) == 1


def test_a_means_that_the_account_does_not_have_is_refused(stranger):
    browser = ask(stranger())
    token = browser.form("Enviar").values["csrf_token"]

    answers = [
        browser.post(browser.url, data={"kind": kind, "csrf_token": token}).status_code
        for kind in ("totp", "sms", "", "email ")
    ]

    assert answers == [422] * 4
    assert codes_sent() == 0
