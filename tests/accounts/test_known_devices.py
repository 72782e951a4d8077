"""Browsers that somebody came in with before: what they spare, and how they are forgotten."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select

from clinicweb.accounts.models import KnownDevice
from clinicweb.accounts.policy import ALWAYS, NEW_DEVICE, OFF, asks_factor
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core import clock, db
from tests.accounts.coded import enter, rows, send
from tests.accounts.door import is_in, knock
from tests.accounts.helped import NEW, choose, clinic_file, link_for
from tests.cast import ANA, CLARA, DIAZ
from tests.checked_client import CheckedClient
from tests.pages import is_asked_for_a_code, mailed_code, make_app

SECOND = timedelta(seconds=1)
COOKIE = "clinicweb-device"


@pytest.mark.parametrize("is_proven", [True, False])
@pytest.mark.parametrize("has_own", [True, False])
@pytest.mark.parametrize("setting", [OFF, NEW_DEVICE, ALWAYS])
def test_who_is_asked_for_a_second_factor(setting, has_own, is_proven):
    asked = {
        OFF: has_own and not is_proven,
        NEW_DEVICE: not is_proven,
        ALWAYS: True,
    }

    assert asks_factor(setting, is_proven_device=is_proven, has_own=has_own) is asked[setting]


@pytest.fixture
def careful_app(clinic_url, tmp_path):
    """A clinic that asks for a code on a new device, staff too."""
    rules = '[sign_in]\nsecond_factor = "new_device"\nstaff_second_factor = "new_device"\n'
    yield make_app(clinic_url, tmp_path, clinic=clinic_file(tmp_path, rules))
    db.current().dispose()


@pytest.fixture
def browser(careful_app):
    return CheckedClient(careful_app, use_cookies=True)


def prove(browser, person=ANA):
    """Come in with a code."""
    assert enter(send(browser, person), mailed_code(browser.application)).status_code == 303
    return browser


def leave(browser):
    browser.get("/mis-sesiones")
    browser.form("/salir").submit()
    return browser


def is_asked(browser, person=ANA, password=None):
    answer = knock(browser, person.username, *([password] if password else []))
    assert answer.status_code == 303
    return is_asked_for_a_code(answer)


def keys_of(browser):
    cookie = browser.get_cookie(COOKIE)
    return cookie.value.split(".") if cookie else []


@pytest.mark.parametrize("person", [ANA, DIAZ], ids=["patient", "staff"])
def test_a_device_that_was_proven_is_not_asked_again(browser, person):
    leave(prove(browser, person))

    assert not is_asked(browser, person)
    assert is_in(browser)


def test_another_browser_is_asked(browser, careful_app):
    prove(browser)

    assert is_asked(CheckedClient(careful_app, use_cookies=True))


def test_several_people_share_a_telephone_and_each_proves_themselves(browser):
    leave(prove(browser))
    was_asked = is_asked(browser, CLARA)
    leave(prove(browser, CLARA))

    assert was_asked
    assert len(keys_of(browser)) == 2
    assert not is_asked(browser, ANA)
    leave(browser)
    assert not is_asked(browser, CLARA)


def test_a_device_is_known_as_long_as_the_clinic_says_since_its_last_use(browser):
    began = clock.now()
    lasts = timedelta(days=SignIn().known_device_days)
    with clock.frozen(began):
        leave(prove(browser))
    with clock.frozen(began + lasts - SECOND):
        asked_before = is_asked(browser)
        leave(browser)
    with clock.frozen(began + 2 * lasts - 2 * SECOND):
        asked_again = is_asked(browser)
        leave(browser)
    with clock.frozen(began + 4 * lasts):
        assert is_asked(browser)

    assert (asked_before, asked_again) == (False, False)


def test_a_new_password_by_mail_makes_every_device_new(browser, careful_app):
    """It does not go past the second factor."""
    leave(prove(browser))
    choose(browser, link_for(careful_app, browser))

    assert is_asked(browser, ANA, NEW)
    assert rows(KnownDevice) == 1  # the one at hand: it spares waits, and nothing else


def test_a_device_is_forgotten_from_the_list(browser):
    prove(browser)
    browser.get("/mis-sesiones")
    [address] = [
        form.get("action")
        for form in browser.page.elements("form")
        if "olvidar" in form.get("action")
    ]
    listed = browser.text()

    answer = browser.form(address).submit()
    browser.follow()

    assert "Dispositivos conocidos" in listed
    assert answer.status_code == 303
    assert "Olvidamos ese dispositivo." in browser.text()
    assert "Dispositivos conocidos" not in browser.text()
    assert is_in(browser)
    leave(browser)
    assert is_asked(browser)


def test_nobody_forgets_the_device_of_another(page):
    page(ANA)
    clara = page(CLARA)
    with db.reading() as session:
        of_ana = session.scalars(select(KnownDevice.public_id).order_by(KnownDevice.id)).first()
    clara.get("/mis-sesiones")
    token = clara.form("/salir").values["csrf_token"]

    answer = clara.post(f"/mis-sesiones/dispositivos/{of_ana}/olvidar", data={"csrf_token": token})

    assert answer.status_code == 404
    assert rows(KnownDevice) == 2


def test_a_device_known_by_the_password_alone_spares_no_factor_later(
    page, clinic_url, tmp_path, careful_app
):
    easy = make_app(clinic_url, tmp_path)
    first = CheckedClient(easy, use_cookies=True)
    knock(first, "ana")
    later = CheckedClient(careful_app, use_cookies=True)
    later.set_cookie(COOKIE, ".".join(keys_of(first)))

    assert is_asked(later)


def test_the_raw_key_is_nowhere_in_the_database(browser, clinic_url):
    [key] = keys_of(prove(browser))

    with closing(sqlite3.connect(clinic_url.removeprefix("sqlite:///"))) as database:
        dump = "\n".join(database.iterdump())

    assert "known_device" in dump
    assert key not in dump


def test_the_cookie_is_for_http_alone_lasts_and_is_bound_to_its_host(clinic_url, tmp_path):
    app = make_app(clinic_url, tmp_path, base_url="https://portal.example")
    browser = CheckedClient(app, use_cookies=True)
    base_url = "https://portal.example"
    browser.get("/ingresar", base_url=base_url)
    form = browser.form("/ingresar").fill(identifier="ana", password="cuatro caballos azules")

    answer = browser.post(
        "/ingresar",
        data=form.values,
        base_url=base_url,
        headers={"Referer": f"{base_url}/ingresar"},
    )

    [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if "-device=" in c]
    parts = {part.strip().partition("=")[0]: part.partition("=")[2] for part in cookie.split(";")}
    assert next(iter(parts)) == "__Host-clinicweb-device"
    assert {"HttpOnly", "Secure", "SameSite", "Path", "Max-Age"} <= set(parts)
    assert parts["SameSite"] == "Lax"
    assert int(parts["Max-Age"]) == timedelta(days=180).total_seconds()
    db.current().dispose()


@pytest.mark.parametrize(
    "value", ["", ".", "x" * 3000, "A" * 43 + ".%00", "é", ".".join(["A" * 43] * 50)]
)
def test_a_cookie_of_nonsense_is_no_device(browser, value):
    browser.set_cookie(COOKIE, value)

    assert is_asked(browser)
