"""A mailed link ends, says so, and sends its successor (T10)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from clinicweb.accounts import one_time, recovery_actions
from clinicweb.accounts.models import Account
from clinicweb.core import clock, db, limits
from tests.accounts.helped import (
    BASE_URL,
    NEW,
    answer,
    ask,
    changes,
    choose,
    link_for,
    link_in,
    mails,
)

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
MAILS_AN_HOUR = 3
USED = "Este enlace ya se usó, o pidió otro después."
TOO_OLD = "Este enlace ya no vale: pasó demasiado tiempo."


@pytest.mark.parametrize(("late", "status"), [(-SECOND, 200), (timedelta(), 410), (HOUR, 410)])
def test_a_link_is_good_for_an_hour(app, page, late, status):
    began = clock.now()
    with clock.frozen(began):
        link = link_for(app, page())

    with clock.frozen(began + HOUR + late):
        browser = page()
        assert browser.get(link).status_code == status
        assert (TOO_OLD in browser.text()) is (status == 410)


def test_a_link_that_ends_while_somebody_types_changes_nothing(app, page):
    began = clock.now()
    with clock.frozen(began):
        browser, link = page(), link_for(app, page())
        browser.get(link)

    with clock.frozen(began + HOUR):
        answer = browser.form(link).fill(password=NEW, again=NEW).submit()

    assert answer.status_code == 410
    assert changes() == 0


def test_an_expired_link_sends_its_successor_by_one_press(app, page):
    began = clock.now()
    with clock.frozen(began):
        link = link_for(app, page())

    with clock.frozen(began + HOUR):
        browser = page()
        browser.get(link)
        pressed = browser.form("Enviarme otro enlace").submit()
        newer = link_in(mails(app)[-1]).removeprefix(BASE_URL)

        assert pressed.headers["Location"] == "/recuperar/enviado"
        assert newer != link
        assert choose(page(), newer).status_code == 303


def test_pressing_that_twice_sends_one_mail(app, page):
    began = clock.now()
    with clock.frozen(began):
        link = link_for(app, page())

    with clock.frozen(began + HOUR):
        browser = page()
        browser.get(link)
        form = browser.form("Enviarme otro enlace")
        statuses = [form.submit().status_code for _ in range(2)]

    assert statuses == [303, 303]
    assert len(mails(app)) == 2


def test_new_links_by_expired_ones_keep_the_limit_of_mails(app, page):
    began = clock.now()
    with clock.frozen(began):
        link = link_for(app, page())

    with clock.frozen(began + HOUR):
        for _ in range(MAILS_AN_HOUR):
            ask(page(), "ana")
        answer(app)
        sent = len(mails(app))
    browser = page()
    with clock.frozen(began + 2 * HOUR - SECOND):
        browser.get(link)
        assert USED in browser.text()  # a newer one was asked for

    assert sent == 1 + MAILS_AN_HOUR


def test_an_expired_link_sends_nothing_beyond_the_limit_and_stays_pressable(app, page):
    began = clock.now()
    with clock.frozen(began):
        link = link_for(app, page())

    with clock.frozen(began + HOUR):
        spend_the_limit(app)
        press(page(), link)
        before = len(mails(app))
    with clock.frozen(began + 2 * HOUR):
        press(page(), link)
        after = len(mails(app))

    assert (before, after) == (1, 2)


def spend_the_limit(app):
    with db.reading() as session:
        ana = session.scalars(select(Account.id).where(Account.name == "Ana")).one()
    with db.bookkeeping() as session:
        for _ in range(MAILS_AN_HOUR):
            limits.count_attempt(session, f"help-mail:{ana}", limit=MAILS_AN_HOUR, window=HOUR)


def press(browser, link):
    browser.get(link)
    browser.form("Enviarme otro enlace").submit()


def test_links_are_remembered_for_a_month_after_their_end(app, page):
    began = clock.now()
    with clock.frozen(began):
        link = link_for(app, page())

    with clock.frozen(began + timedelta(days=29)):
        recovery_actions.purge_links()
        assert page().get(link).status_code == 410
    with clock.frozen(began + timedelta(days=31)):
        recovery_actions.purge_links()
        assert page().get(link).status_code == 404
        with db.reading() as session:
            assert session.scalar(select(func.count(one_time.OneTimeLink.id))) == 0
