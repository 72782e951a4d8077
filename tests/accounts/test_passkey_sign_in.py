"""Coming in by a passkey, in place of the password or after it; and nobody without it."""

import json

import pytest

from clinicweb.core import db
from tests.accounts.authenticator import Authenticator
from tests.accounts.door import change_account, is_in, knock, without_secrets
from tests.accounts.strong import viewer_of
from tests.accounts.strong_doors import (
    BASE,
    DOOR,
    OPTIONS,
    add_by_page,
    as_script,
    asked,
    knock_with,
)
from tests.cast import ANA, CLARA
from tests.checked_client import CheckedClient
from tests.pages import make_app, sign_in

REFUSED = "No pudimos reconocer la llave de acceso."


@pytest.fixture
def app(any_clinic_url, tmp_path):
    yield make_app(any_clinic_url, tmp_path, base_url=BASE)
    db.current().dispose()


@pytest.fixture
def ana(app):
    return viewer_of(app, ANA)


@pytest.fixture
def visitor(app):
    return lambda: CheckedClient(app, use_cookies=True)


@pytest.fixture
def phone(app, page):
    return add_by_page(app, page(ANA))


@pytest.fixture
def page(app):
    return lambda person: sign_in(app, person)


def test_a_passkey_is_password_and_factor_together(app, phone, visitor):
    browser = visitor()

    answer = knock_with(browser, phone.sign(asked(browser)), next="/mi-perfil")

    assert answer.headers["Location"] == "/mi-perfil"
    assert is_in(browser)


@pytest.mark.parametrize("target", ["//otro.example", "https://otro.example", r"/\otro.example"])
def test_it_leads_to_no_other_site(phone, visitor, target):
    browser = visitor()

    answer = knock_with(browser, phone.sign(asked(browser)), next=target)

    assert answer.headers["Location"] == "/"


def test_the_portal_is_named_by_its_settings_and_not_by_who_asks(visitor):
    browser, by_number = visitor(), {"base_url": "http://127.0.0.1"}
    browser.get("/ingresar", **by_number)
    data = {"csrf_token": browser.form(DOOR).values["csrf_token"]}

    headers = {"X-Forwarded-Host": "otro.example", "Origin": "http://127.0.0.1"}
    answer = browser.post(OPTIONS, data=data, headers=headers, **by_number)

    assert json.loads(answer.data)["rpId"] == "localhost"


def test_all_that_is_wrong_gets_one_answer(app, ana, phone, visitor):
    """Unknown keys, foreign pages, replays, closed accounts: nobody learns which it was."""
    unknown = Authenticator(BASE, handle=phone.handle)
    good = phone.sign(asked(visitor()))

    def refused(make):
        browser = visitor()
        answer = knock_with(browser, make(asked(browser)))
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/ingresar"
        browser.follow()
        assert REFUSED in browser.text()
        assert not is_in(browser)
        headers = sorted((name, len(value)) for name, value in answer.headers if name != "Date")
        return headers, without_secrets(answer.get_data(as_text=True)), len(browser.last_queries)

    answers = [
        refused(unknown.sign),
        refused(lambda options: phone.sign(options, origin="https://otro.example")),
        refused(lambda options: phone.sign(options, rp_id="otro.example")),
        refused(lambda _: good),
        refused(lambda _: ""),
        refused(lambda _: "{}"),
    ]
    change_account(ANA, is_active=False)
    answers.append(refused(phone.sign))

    assert [answer[1:] for answer in answers] == [answers[0][1:]] * 7
    assert len({str([n for n, _ in answer[0]]) for answer in answers}) == 1


def test_claras_passkey_opens_claras_account_and_no_other(app, phone, page, visitor):
    claras, browser = add_by_page(app, page(CLARA)), visitor()

    knock_with(browser, claras.sign(asked(browser)))

    assert browser.get("/mi-perfil").status_code == 200
    assert "Clara" in browser.text()


def test_a_passkey_is_shown_after_the_password(app, phone, visitor):
    browser = visitor()
    knock(browser, "ana")
    browser.follow()
    place = browser.url
    options = json.loads(as_script(browser, place, "/opciones").data)
    lied = as_script(browser, place, answer=phone.sign(options, origin="https://otro.example"))
    options = json.loads(as_script(browser, place, "/opciones").data)
    shown = as_script(browser, place, answer=phone.sign(options))

    assert [key["id"] for key in options["allowCredentials"]]
    assert (lied.status_code, shown.status_code) == (422, 303)
    assert is_in(browser)


def test_an_answer_for_the_door_is_no_second_factor(app, phone, visitor):
    thief = visitor()
    at_the_door = phone.sign(asked(thief))
    knock(thief, "ana")
    thief.follow()

    answer = as_script(thief, thief.url, answer=at_the_door)

    assert answer.status_code == 422
    assert not is_in(thief)


def test_a_portal_without_a_name_offers_no_passkeys(clinic_url, tmp_path):
    app = make_app(clinic_url, tmp_path, base_url="http://127.0.0.1:8000")
    browser = CheckedClient(app, use_cookies=True)
    browser.get("/ingresar", base_url="http://127.0.0.1:8000")

    assert "Entrar con llave de acceso" not in browser.text()
    db.current().dispose()
