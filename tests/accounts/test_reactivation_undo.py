"""«No fui yo»: who reads the old mailbox stops or undoes another e-mail (S3-61, S3-80)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinicweb.accounts import reactivation_actions as actions
from clinicweb.accounts.models import AFFILIATION, EMAIL
from clinicweb.accounts.reactivation_models import Reactivation
from clinicweb.core import clock, db
from clinicweb.core.errors import NotAllowed
from tests.accounts.door import knock
from tests.accounts.office import RITA, account_of, body
from tests.accounts.reactivated import (
    NEW,
    ask,
    link_in,
    links,
    password_in,
    press,
    told,
    with_account,
)

STOP = "No fui yo"
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
CHANGE = "/mi-perfil/clave"


@pytest.fixture
def portal(office):
    return with_account(office("afiliados"))


def test_no_fui_yo_stops_a_change_that_waits(portal):
    link, stop = links(portal)

    browser = press(portal, stop, STOP)
    browser.follow()

    assert "su cuenta sigue como estaba" in browser.text()
    assert portal.visitor().get(link).status_code == 410
    assert account_of(EMAIL, RITA)


def test_no_fui_yo_undoes_a_change_that_was_made(portal):
    """Even after a password was chosen, which ends all other links."""
    link, stop = links(portal)
    press(portal, link)
    portal.work()
    thief = portal.visitor()
    knock(thief, "AF100", password_in(told(portal, NEW)[-1]))
    thief.get(CHANGE)
    temporary = password_in(told(portal, NEW)[-1])
    thief.form(CHANGE).fill(
        current=temporary, password="Del ladron 9", again="Del ladron 9"
    ).submit()
    was_in = thief.get("/mis-sesiones").status_code

    browser = press(portal, stop, STOP)
    browser.follow()
    portal.work()

    assert "Deshicimos el cambio" in browser.text()
    assert (was_in, thief.get("/mis-sesiones").status_code) == (200, 303)
    assert account_of(EMAIL, NEW) is None
    assert knock(portal.visitor(), "AF100", "Del ladron 9").status_code == 422
    hers = password_in(told(portal, RITA)[-1])
    assert knock(portal.visitor(), RITA, hers).status_code == 303


def test_no_fui_yo_is_said_once(portal):
    link, stop = links(portal)
    press(portal, link)
    browser = portal.visitor()
    browser.get(stop)
    form = browser.form(STOP)

    answers = [form.submit().status_code for _ in range(2)]
    portal.work()

    assert answers == [303, 410]
    assert len([mail for mail in told(portal, RITA) if "temporal" in mail["Subject"]]) == 1


def test_it_undoes_what_was_asked_for_after_it_too(portal):
    """A thief who changes the address twice is undone as one."""
    first, stop = links(portal)
    press(portal, first)
    portal.work()
    again = ask(portal, email="tercera@nuevo.example")
    portal.work()
    press(portal, link_in(told(portal, "tercera@nuevo.example")[0]))

    press(portal, stop, STOP)

    assert again.last.status_code == 303
    assert account_of(EMAIL, RITA)
    assert account_of(AFFILIATION, "AF100").email == RITA


@pytest.mark.parametrize(("late", "status"), [(-SECOND, 200), (timedelta(), 410)])
def test_it_can_be_said_for_a_week(portal, late, status):
    began = clock.now()
    with clock.frozen(began):
        _, stop = links(portal)

    with clock.frozen(began + 7 * DAY + late):
        assert portal.visitor().get(stop).status_code == status


def test_whoever_was_stopped_must_come_in_person_for_as_long(portal):
    _, stop = links(portal)
    press(portal, stop, STOP)
    portal.mails.clear()

    began = clock.now()
    ask(portal)
    portal.work()
    refused = [(mail["To"], body(mail)) for mail in portal.mails]
    portal.mails.clear()
    with clock.frozen(began + 8 * DAY):
        ask(portal)
        portal.work()

    [(to, words)] = refused
    assert to == NEW
    assert "acuda a la clínica con su credencial" in words
    assert [mail["To"] for mail in portal.mails] == [NEW, RITA]


def test_an_account_whose_address_was_the_records_has_that_again(portal):
    with db.current().writing() as session:
        session.merge(account_of(AFFILIATION, "AF100")).email = None
    link, stop = links(portal)

    press(portal, link)
    press(portal, stop, STOP)

    assert account_of(AFFILIATION, "AF100").email is None
    assert account_of(EMAIL, RITA)


@pytest.mark.parametrize("any_office_url", ["sqlite", "postgres"], indirect=True)
def test_making_and_stopping_at_once_leave_the_old_address(portal, crowded):
    links(portal)
    rules = portal.app.extensions["clinicweb.rules"]
    keys = portal.app.extensions["clinicweb.settings"].keys()
    with db.reading() as session:
        change = session.scalars(select(Reactivation)).one()
    acts = (
        lambda: actions.reactivate(rules, keys, change.link_id),
        lambda: actions.stop(rules, keys, change.stop_link_id),
    )

    failures = crowded(2, lambda number: acts[number]())

    assert {type(failure) for failure in failures} <= {NotAllowed}
    assert account_of(AFFILIATION, "AF100").email == RITA
