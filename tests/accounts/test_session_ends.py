"""A session ends when it should, and its cookie is worth nothing from then on (T11)."""

from datetime import timedelta

import pytest

from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core import clock
from tests.accounts.door import change_account, cookie_of, end_sessions, is_in, with_cookie
from tests.cast import ANA, CLARA

IDLE = timedelta(minutes=SignIn().idle_minutes)
ABSOLUTE = timedelta(hours=SignIn().absolute_hours)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def test_a_copied_cookie_dies_with_its_session(app, page):
    browser = page(ANA)
    copied = cookie_of(browser)
    was_worth = is_in(with_cookie(app, copied))

    browser.get("/")
    browser.form("/salir").submit()

    assert was_worth
    assert not is_in(with_cookie(app, copied))
    assert not is_in(browser)


@pytest.mark.parametrize(
    "change", [{"credential_version": 2}, {"is_active": False}], ids=["password", "closed"]
)
def test_a_change_of_the_account_ends_all_its_sessions(page, change):
    browsers = [page(ANA), page(ANA)]
    clara = page(CLARA)

    change_account(ANA, **change)

    assert [is_in(browser) for browser in browsers] == [False, False]
    assert is_in(clara)


def test_a_changed_role_counts_at_once(page):
    browser = page(ANA)

    change_account(ANA, roles="practitioner")

    assert browser.get("/reservar/").status_code == 404


def test_signing_out_twice_leads_to_the_sign_in_page(app, page):
    browser = page(ANA)
    browser.get("/")
    again = browser.form("/salir")
    again.submit()

    answer = again.submit()

    assert answer.status_code in (303, 400)
    assert not is_in(browser)


@pytest.mark.parametrize(("after", "stays"), [(IDLE - SECOND, True), (IDLE, False)])
def test_who_does_nothing_is_out_when_the_idle_time_ends(page, after, stays):
    began = clock.now()
    with clock.frozen(began):
        browser = page(ANA)

    with clock.frozen(began + after):
        assert is_in(browser) is stays


@pytest.mark.parametrize(("after", "stays"), [(ABSOLUTE - SECOND, True), (ABSOLUTE, False)])
def test_who_never_rests_signs_in_again_when_the_longest_time_ends(page, after, stays):
    began = clock.now()
    with clock.frozen(began):
        browser = page(ANA)
    for step in range(1, int(ABSOLUTE / IDLE) * 2):
        with clock.frozen(began + step * IDLE / 2):
            assert is_in(browser)

    with clock.frozen(began + after):
        assert is_in(browser) is stays


@pytest.mark.parametrize("address", ["/salud", "{static}", "/favicon.ico", "/no-hay"])
def test_what_no_person_does_does_not_extend_a_session(page, address):
    began = clock.now()
    with clock.frozen(began):
        browser = page(ANA)
        browser.get("/")
        links = [link.get("href", "") for link in browser.page.elements("link")]
    static = next(link for link in links if "/static/" in link)

    with clock.frozen(began + IDLE - MINUTE):
        browser.get(address.format(static=static))
    with clock.frozen(began + IDLE):
        assert not is_in(browser)


@pytest.mark.parametrize("htmx", [False, True])
def test_each_step_of_a_person_extends_the_session(page, htmx):
    began = clock.now()
    with clock.frozen(began):
        browser = page(ANA)
    with clock.frozen(began + IDLE - MINUTE):
        answer = browser.htmx_get("/mis-sesiones") if htmx else browser.get("/mis-sesiones")

    with clock.frozen(began + IDLE + MINUTE):
        assert answer.status_code == 200
        assert is_in(browser)


def test_being_there_is_noted_at_most_once_a_minute_and_nothing_else_is_written(page):
    began = clock.now()
    written = []
    with clock.frozen(began):
        browser = page(ANA)
    for seconds in (0, 59, 60, 61, 119, 120, 180):
        with clock.frozen(began + timedelta(seconds=seconds)):
            browser.get("/mis-sesiones")
        written.append([query for query in browser.last_queries if not is_read(query)])

    assert [len(queries) for queries in written] == [0, 0, 1, 0, 0, 1, 1]
    assert all(query.startswith("UPDATE login_session SET last_seen_at") for (query,) in
               filter(None, written))  # fmt: skip


def is_read(query):
    return query.lstrip().upper().startswith("SELECT")


def test_an_ended_session_is_not_noted_as_seen(page):
    browser = page(ANA)
    end_sessions(ANA)

    with clock.frozen(clock.now() + 2 * MINUTE):
        browser.get("/")

    assert all(is_read(query) for query in browser.last_queries)
