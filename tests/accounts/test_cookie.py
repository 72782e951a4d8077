"""What the browser keeps: one opaque key, in a cookie that cannot be made, bent or planted."""

import sqlite3
from base64 import urlsafe_b64decode
from contextlib import closing

import pytest
from flask import Flask

from clinicweb.core import db
from tests.accounts.door import cookie_of, is_in, knock, with_cookie
from tests.cast import ANA, CLARA, PASSWORD
from tests.checked_client import CheckedClient
from tests.pages import make_app


def payload(cookie):
    """The signed part of a session cookie as its reader sees it."""
    data = cookie.split(".")[0 if not cookie.startswith(".") else 1]
    return urlsafe_b64decode(data + "=" * (-len(data) % 4))


def session_of(browser):
    with browser.session_transaction() as session:
        return dict(session)


def test_the_cookie_is_for_http_alone_and_not_for_other_sites(page):
    browser = page()
    answer = knock(browser, "ana")

    device, session = sorted(answer.headers.getlist("Set-Cookie"))
    parts = [part.strip() for part in session.split(";")]
    assert parts[0].startswith("clinicweb=")
    assert sorted(parts[1:]) == ["HttpOnly", "Path=/", "SameSite=Lax"]
    assert device.startswith("clinicweb-device=")


@pytest.mark.parametrize("address", ["https://portal.example", "HTTPS://Portal.Example"])
def test_over_https_the_cookie_is_bound_to_the_host_and_secure(clinic_url, tmp_path, address):
    app = make_app(clinic_url, tmp_path, base_url=address)
    browser = CheckedClient(app, use_cookies=True)

    answer = browser.get("/ingresar", base_url="https://portal.example")

    [cookie] = answer.headers.getlist("Set-Cookie")
    parts = [part.strip() for part in cookie.split(";")]
    assert parts[0].startswith("__Host-clinicweb=")
    assert sorted(parts[1:]) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]
    db.current().dispose()


def test_each_sign_in_gets_a_key_of_its_own(page):
    keys = {session_of(page(ANA))["_user_id"] for _ in range(3)}

    assert len(keys) == 3
    assert min(map(len, keys)) >= 43


def test_signing_in_again_in_the_same_browser_ends_the_session_before(app, page):
    browser = page(ANA)
    before = cookie_of(browser)
    browser.get("/")
    leave = browser.form("/idioma")  # any form: it carries the token of this browser

    answer = browser.post(
        "/ingresar",
        data={
            "identifier": "clara",
            "password": PASSWORD,
            "csrf_token": leave.values["csrf_token"],
        },
    )

    assert answer.status_code == 303
    assert not is_in(with_cookie(app, before))
    browser.get("/")
    assert "Clara" in browser.text()
    assert "Ana" not in browser.text()


def test_the_raw_key_is_nowhere_in_the_database(page, clinic_url):
    key = session_of(page(ANA))["_user_id"]

    with closing(sqlite3.connect(clinic_url.removeprefix("sqlite:///"))) as database:
        dump = "\n".join(database.iterdump())

    assert "login_session" in dump
    assert key not in dump


def test_nothing_personal_is_in_the_cookie(page):
    browser = page(ANA)
    browser.get("/")

    read = payload(cookie_of(browser)).lower()

    assert b"ana" not in read.replace(session_of(browser)["_user_id"].lower().encode(), b"")
    assert set(session_of(browser)) <= {"_user_id", "_fresh", "csrf_token"}


def test_a_cookie_planted_before_sign_in_stays_a_strangers(app, page):
    victim = page()
    victim.get("/ingresar")
    planted = cookie_of(victim)

    victim.form("/ingresar").fill(identifier="ana", password=PASSWORD).submit()

    assert is_in(victim)
    assert not is_in(with_cookie(app, planted))


def test_keys_planted_in_a_cookie_do_not_survive_sign_in(page):
    browser = page()
    browser.get("/ingresar")
    with browser.session_transaction() as session:
        session.update(evil="1", _user_id="planted", _fresh=True, _remember="set", lang="en")

    browser.form("/ingresar").fill(identifier="ana", password=PASSWORD).submit()

    kept = session_of(browser)
    assert "evil" not in kept
    assert "_remember" not in kept
    assert kept["_user_id"] != "planted"
    assert kept["lang"] == "en"


def test_a_token_from_before_sign_in_is_worth_nothing_after(page):
    browser = page()
    browser.get("/ingresar")
    before = browser.form("/ingresar").values["csrf_token"]
    browser.form("/ingresar").fill(identifier="ana", password=PASSWORD).submit()

    answer = browser.post("/salir", data={"csrf_token": before})

    assert answer.status_code == 400
    assert is_in(browser)


def test_signing_out_leaves_nothing_of_the_person_in_the_cookie(page):
    browser = page(ANA)
    browser.get("/")
    browser.form("/salir").submit()

    assert set(session_of(browser)) <= {"_flashes", "csrf_token"}


def test_no_bent_cookie_is_anybody(app: Flask, page):
    good = cookie_of(page(ANA))
    parts = good.split(".")
    bent = [good[:place] + chr(ord(good[place]) ^ 1) + good[place + 1 :] for place in range(
        0, len(good) - 1, max(1, len(good) // 30))]  # fmt: skip
    bent += [good[:-4], good[4:], good + "A", good * 2, "", ".", "..", "null", "{}", "\u00f1"]
    bent += [".".join(parts[:-1]), ".".join([*parts[:-1], ""]), ".".join(reversed(parts))]

    assert len(bent) > 40
    assert [cookie for cookie in bent if is_in(with_cookie(app, cookie))] == []


@pytest.mark.parametrize("user_id", [1, None, True, ["a"], {"a": 1}, "", "\u0000", "x" * 5000])
def test_a_signed_cookie_that_names_nonsense_is_nobody(page, user_id):
    browser = page()
    browser.get("/ingresar")
    with browser.session_transaction() as session:
        session["_user_id"] = user_id

    assert not is_in(browser)


def test_a_cookie_of_another_installation_is_nobody(app, page, clinic_url, tmp_path):
    other = make_app(clinic_url, tmp_path, secret_key="a key of another clinic that is as long")
    browser = CheckedClient(other, use_cookies=True)
    knock(browser, "ana")

    assert is_in(browser)
    assert not is_in(with_cookie(app, cookie_of(browser)))


def test_one_persons_cookie_is_not_anothers(app, page):
    assert cookie_of(page(ANA)) != cookie_of(page(CLARA))
