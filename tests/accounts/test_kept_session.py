"""«Mantener sesión iniciada» (S4-3), and how many sessions somebody has at once (T11)."""

from datetime import timedelta

import pytest

from clinicweb.accounts.models import LoginSession
from clinicweb.clinic.rules import load_rules
from clinicweb.core import clock, db
from tests.accounts.coded import enter, rows
from tests.accounts.door import is_in, knock
from tests.accounts.helped import clinic_file
from tests.cast import ANA, DIAZ, PASSWORD
from tests.checked_client import CheckedClient
from tests.pages import is_asked_for_a_code, mailed_code, make_app

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
KEPT = 30 * DAY


@pytest.fixture
def keeping(clinic_url, tmp_path):
    """``keeping("always")``: a clinic that offers the box, and asks for a code each time."""

    def opened(second_factor="off", more=""):
        rules = f'[sign_in]\nkeep_days = 30\nsecond_factor = "{second_factor}"\n{more}'
        app = make_app(clinic_url, tmp_path, clinic=clinic_file(tmp_path, rules))
        return CheckedClient(app, use_cookies=True)

    yield opened
    db.current().dispose()


def come_in(browser, person=ANA, *, keep):
    browser.get("/ingresar")
    form = browser.form("/ingresar").fill(identifier=person.username, password=PASSWORD, keep=keep)
    answer = form.submit()
    assert answer.status_code == 303
    if is_asked_for_a_code(answer):
        browser.follow()
        browser.form("Enviar").submit("Enviar")
        browser.follow()
        answer = enter(browser, mailed_code(browser.application))
    return answer


def session_cookie(answer):
    [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("clinicweb=")]
    return cookie


@pytest.mark.parametrize(("after", "stays"), [(KEPT - SECOND, True), (KEPT, False)])
def test_a_kept_session_goes_on_unused_until_its_day(keeping, after, stays):
    browser, began = keeping(), clock.now()
    with clock.frozen(began):
        come_in(browser, keep=True)

    with clock.frozen(began + after):
        assert is_in(browser) is stays


@pytest.mark.parametrize("keep", [True, False])
def test_only_a_kept_sessions_cookie_outlives_the_browser(keeping, keep):
    cookie = session_cookie(come_in(keeping(), keep=keep))

    assert ("Expires=" in cookie) is keep


def test_a_session_that_is_not_kept_falls_asleep_as_before(keeping):
    browser, began = keeping(), clock.now()
    with clock.frozen(began):
        come_in(browser, keep=False)

    with clock.frozen(began + timedelta(minutes=30)):
        assert not is_in(browser)


def test_staff_are_never_kept(keeping):
    browser, began = keeping(), clock.now()
    with clock.frozen(began):
        answer = come_in(browser, DIAZ, keep=True)

    assert "Expires=" not in session_cookie(answer)
    with clock.frozen(began + timedelta(minutes=30)):
        assert not is_in(browser)


def test_a_kept_session_ends_like_any_other(keeping):
    browser = keeping()
    come_in(browser, keep=True)
    browser.get("/")

    browser.form("/salir").submit()

    assert not is_in(browser)


def test_with_a_code_each_time_keeping_asks_for_it_once_and_again_at_the_end(keeping):
    browser, began = keeping("always"), clock.now()
    with clock.frozen(began):
        come_in(browser, keep=True)
    with clock.frozen(began + KEPT - SECOND):
        was_in = is_in(browser)
    with clock.frozen(began + KEPT):
        asked = is_asked_for_a_code(knock(browser, "ana"))

    assert (was_in, asked) == (True, True)


@pytest.mark.parametrize(
    ("second_factor", "words"),
    [
        ("off", "Después se le pide de nuevo la contraseña."),
        ("new_device", "Después se le pide de nuevo la contraseña; el código no."),
        ("always", "Después se le piden de nuevo la contraseña y un código."),
    ],
)
def test_what_the_box_skips_stands_beside_it(keeping, second_factor, words):
    browser = keeping(second_factor)

    browser.get("/ingresar")

    assert "Mantener sesión iniciada" in browser.text()
    assert "Por 30 días no se cierra aunque no la use." in browser.text()
    assert words in browser.text()


def test_a_clinic_that_does_not_offer_it_keeps_nobody(page):
    browser = page()
    browser.get("/ingresar")
    token = browser.form("/ingresar").values["csrf_token"]

    answer = browser.post(
        "/ingresar",
        data={"identifier": "ana", "password": PASSWORD, "keep": "y", "csrf_token": token},
    )

    assert "Mantener" not in browser.text()
    assert "Expires=" not in session_cookie(answer)


def test_the_presets_are_as_their_manuals_say():
    assert load_rules("oficina-virtual").sign_in.second_factor == "always"
    assert load_rules("historia-clinica").sign_in.keep_days == 30


def test_one_session_too_many_ends_the_oldest_of_the_same_person(keeping):
    first = keeping(more="sessions_at_once = 3\n")
    app = first.application
    come_in(first, keep=False)
    others = [CheckedClient(app, use_cookies=True) for _ in range(3)]
    clara = CheckedClient(app, use_cookies=True)
    knock(clara, "clara")

    for browser in others:
        come_in(browser, keep=False)

    assert [is_in(browser) for browser in (first, *others, clara)] == [False, *[True] * 4]
    assert rows(LoginSession) == 5
