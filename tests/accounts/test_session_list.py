"""A person sees where the account is open, ends what is not theirs, and is led back to the step."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from clinicweb.accounts.models import LoginSession
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core import clock, db
from tests.accounts.door import change_account, end_sessions, is_in
from tests.cast import ANA, CLARA, PASSWORD

PHONE = "Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36"


def rows(browser):
    browser.get("/mis-sesiones")
    return [row for row in browser.page.elements("tr") if row.get("id", "").startswith("session-")]


def session_ids():
    with db.reading() as session:
        return session.scalars(select(LoginSession.public_id).order_by(LoginSession.id)).all()


def end(browser, session_id):
    browser.get("/mis-sesiones")
    token = browser.form("/salir").values["csrf_token"]
    return browser.post(f"/mis-sesiones/{session_id}/cerrar", data={"csrf_token": token})


def test_all_open_sessions_are_listed_with_their_devices(page):
    browser, phone = page(ANA), page()
    phone.get("/ingresar")
    form = phone.form("/ingresar").fill(identifier="ana", password=PASSWORD)
    form.submit(**{"User-Agent": PHONE})

    assert len(rows(browser)) == 2
    assert "Chrome · Android" in browser.text()
    assert browser.text().count("Esta sesión") == 1


def test_a_session_ended_from_another_browser_is_over_there_alone(page):
    here, there = page(ANA), page(ANA)
    here.get("/mis-sesiones")
    [address] = [
        form.get("action") for form in here.page.elements("form") if "cerrar" in form.get("action")
    ]

    answer = here.form(address).submit()

    assert answer.status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)
    assert len(rows(here)) == 1
    assert "La sesión se cerró." not in here.text()


def test_nobody_ends_the_session_of_another(page):
    ana, clara = page(ANA), page(CLARA)
    [of_ana, _] = session_ids()

    assert end(clara, of_ana).status_code == 404
    assert end(clara, "A" * 22).status_code == 404
    assert is_in(ana)


def test_an_ended_session_is_not_there_to_be_ended_again(page):
    here, _there = page(ANA), page(ANA)
    second = session_ids()[1]

    assert [end(here, second).status_code for _ in range(2)] == [303, 404]


def test_who_ends_the_session_at_hand_is_led_to_the_sign_in_page(page):
    browser = page(ANA)

    end(browser, session_ids()[0])

    assert browser.follow().status_code == 303
    assert browser.last.headers["Location"].startswith("/ingresar?next=")


def test_a_session_that_fell_asleep_is_not_listed(page):
    began = clock.now()
    with clock.frozen(began):
        page(ANA)
    with clock.frozen(began + timedelta(minutes=SignIn().idle_minutes)):
        assert len(rows(page(ANA))) == 1


def test_a_session_from_before_the_password_changed_is_not_listed(page):
    page(ANA)
    change_account(ANA, credential_version=2)

    assert len(rows(page(ANA))) == 1


@pytest.fixture
def step(page):
    """Ana in the middle of booking."""
    browser = page(ANA)
    browser.get("/reservar/")
    browser.follow()
    return browser


def way_back(address):
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.path) == ("", "", "/ingresar")
    return parse_qs(parts.query)["next"][0]


def test_htmx_is_told_to_sign_in_and_where_to_come_back(step):
    where = step.url
    end_sessions(ANA)

    answer = step.htmx_get(where)

    assert answer.status_code == 401
    assert answer.data == b""
    assert way_back(answer.headers["HX-Redirect"]) == where


@pytest.mark.parametrize("by_htmx", [False, True])
def test_a_step_that_was_sent_too_late_is_shown_again_after_signing_in(step, by_htmx):
    where = step.url
    form = step.form("#days")
    end_sessions(ANA)

    headers = step.htmx_headers() if by_htmx else {}
    answer = form.submit_anyway(**headers)

    assert answer.status_code == (401 if by_htmx else 303)
    assert way_back(answer.headers["HX-Redirect" if by_htmx else "Location"]) == where


def test_signing_in_leads_back_to_the_same_step(step):
    where = step.url + "?service=mg"
    end_sessions(ANA)
    step.get(where)
    sent = step.last.headers["Location"]
    step.get(sent)

    step.form("/ingresar").fill(identifier="ana", password="no es la clave").submit()
    step.form("/ingresar").fill(identifier="ana", password=PASSWORD).submit()

    assert way_back(sent) == where
    assert step.last.headers["Location"] == where
    assert step.follow().status_code == 200


def test_an_act_that_was_sent_too_late_leads_home(step):
    step.get("/")
    form = step.form("/salir")
    end_sessions(ANA)

    answer = form.submit()

    assert way_back(answer.headers["Location"]) == "/"
