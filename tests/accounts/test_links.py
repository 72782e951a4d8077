"""A mailed link to a new password: looked at as often as you like, used once (T10)."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from clinicweb.accounts import one_time, passwords, recovery_actions
from clinicweb.accounts.models import Account
from clinicweb.clinic.rules import ClinicRules, Identity
from clinicweb.core import db
from clinicweb.core.errors import NotAllowed
from tests.accounts.door import change_account, is_in, knock
from tests.accounts.helped import (
    NEW,
    change,
    changes,
    choose,
    link_for,
    open_links,
)
from tests.cast import ANA, CLARA, PASSWORD

HOUR = timedelta(hours=1)
ROUNDS = 200 if os.environ.get("PROVE") else 10
USED = "Este enlace ya se usó, o pidió otro después."


def test_a_link_opened_five_times_by_a_scanner_is_still_good(app, page):
    link, scanner = link_for(app, page()), page()

    looked = [scanner.get(link).status_code for _ in range(5)]
    looked.append(scanner.head(link).status_code)

    assert set(looked) == {200}
    assert open_links() == 1
    assert choose(page(), link).status_code == 303


def test_a_used_link_gives_the_account_its_new_password_and_nothing_else(app, page):
    link = link_for(app, page())
    browser = page()

    answer = choose(browser, link)

    assert answer.headers["Location"] == "/ingresar"
    browser.follow()
    assert "Su contraseña nueva ya vale." in browser.text()
    assert not is_in(browser)  # a link opens no session
    assert knock(page(), "ana", PASSWORD).status_code == 422
    assert knock(page(), "ana", NEW).status_code == 303
    assert knock(page(), "clara", PASSWORD).status_code == 303


def test_all_sessions_end_with_a_new_password_by_link(app, page):
    browsers = [page(ANA), page(ANA)]
    clara, hers = page(CLARA), link_for(app, page())

    choose(browsers[0], hers)

    assert [is_in(browser) for browser in browsers] == [False, False]
    assert is_in(clara)


def test_whoever_was_signed_in_where_the_link_was_opened_has_left(app, page):
    shared = page(CLARA)
    link = link_for(app, page())

    choose(shared, link)

    assert not is_in(shared)


def test_pressing_twice_changes_the_password_once_and_says_so(app, page):
    link, browser = link_for(app, page()), page()
    browser.get(link)
    form = browser.form(link).fill(password=NEW, again=NEW)

    first, second = form.submit(), form.submit()

    assert (first.status_code, second.status_code) == (303, 410)
    assert USED in browser.text()
    assert changes() == 1


@pytest.fixture
def database(any_clinic_url):
    database = db.Database(any_clinic_url)
    db.configure(database)
    yield database
    database.dispose()


def test_of_fifty_at_once_exactly_one_uses_the_link(database, monkeypatch, record_property):
    monkeypatch.setattr(passwords, "hash_password", lambda password: password)
    rules = ClinicRules(identity=Identity(name="C", country="CL", timezone="America/Santiago"))
    with db.reading() as session:
        ana = session.scalars(select(Account.id).where(Account.name == "Ana")).one()

    def use(link_id):
        try:
            recovery_actions.reset_password(rules, link_id, NEW)
        except NotAllowed as refusal:
            return refusal.reason
        return "done"

    with ThreadPoolExecutor(50) as pool:
        for _ in range(ROUNDS):
            with db.bookkeeping() as session:
                link_id = one_time.make(session, one_time.RESET_PASSWORD, ana, lifetime=HOUR)
            outcomes = list(pool.map(use, [link_id] * 50))
            assert sorted(outcomes) == ["done", *[one_time.USED] * 49]
    assert changes() == ROUNDS
    record_property("uses", 50 * ROUNDS)


def test_links_made_at_once_leave_one_that_is_good(database):
    with db.reading() as session:
        ana = session.scalars(select(Account.id).where(Account.name == "Ana")).one()

    def make(_):
        with db.bookkeeping() as session:
            return one_time.make(session, one_time.RESET_PASSWORD, ana, lifetime=HOUR)

    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(make, range(32)))

    good = [each for each in made if not one_time.look(one_time.RESET_PASSWORD, each).problem]
    assert len(good) == 1


def test_a_newer_link_replaces_the_one_before(app, page):
    first, second = link_for(app, page()), link_for(app, page())
    browser = page()

    assert browser.get(first).status_code == 410
    assert USED in browser.text()
    assert "Volver a iniciar sesión" in browser.text()
    assert "Pedir otro enlace" in browser.text()
    assert choose(page(), second).status_code == 303


def test_a_newer_link_of_somebody_else_replaces_nothing(app, page):
    anas = link_for(app, page())
    link_for(app, page(), "clara")

    assert choose(page(), anas).status_code == 303


def test_after_a_change_of_password_older_links_are_dead(app, page):
    link = link_for(app, page())

    change(page(ANA), PASSWORD)

    assert page().get(link).status_code == 410
    assert open_links() == 0


def test_a_link_of_a_closed_account_changes_nothing(app, page):
    link, browser = link_for(app, page()), page()
    change_account(ANA, is_active=False)

    assert choose(browser, link).status_code in (409, 410)
    assert changes() == 0
    assert open_links() == 1  # rolled back as a whole


def test_a_link_of_an_account_that_nobody_has_is_not_found(app, page):
    link = link_for(app, page())
    with db.current().writing() as session:
        session.execute(one_time.delete(one_time.OneTimeLink))

    assert page().get(link).status_code == 404
