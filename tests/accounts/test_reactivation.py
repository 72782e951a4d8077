"""«Reactivar cuenta»: another e-mail by the card (S3-53…56, S3-70, S3-71, S3-77)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinicweb.accounts import reactivation_actions
from clinicweb.accounts.models import AFFILIATION, EMAIL, Account
from clinicweb.accounts.reactivation_models import Reactivation, ReactivationRequest
from clinicweb.core import clock, db
from clinicweb.core.errors import NotAllowed
from clinicweb.models import metadata
from tests.accounts.door import knock
from tests.accounts.office import RITA, account_of, body, rows
from tests.accounts.reactivated import (
    BUTTON,
    FORM,
    NEW,
    ask,
    link_in,
    links,
    password_in,
    press,
    told,
    with_account,
)

HOUR = timedelta(hours=1)
CHANGE = "/mi-perfil/clave"


@pytest.fixture
def portal(office):
    return with_account(office("afiliados"))


def test_the_menu_leads_to_a_form_that_warns(portal):
    """S3-53, S3-54, S3-56."""
    browser = portal.visitor()
    browser.get("/")
    browser.follow()
    browser.click("Reactivar cuenta")

    assert "a un correo mal escrito no llega ningún aviso" in browser.text()
    assert browser.form(FORM).names() == {
        "affiliation_number",
        "card_serial",
        "email",
        "csrf_token",
    }


@pytest.mark.parametrize("number", ["AF100", "af-100", "AF 101"])
def test_both_addresses_are_told_and_nothing_changes_yet(portal, number):
    """S3-55; by the number of the worker, or of a member of the family."""
    browser = ask(portal, number=number)
    browser.follow()
    portal.work()

    assert "Revise su correo nuevo" in browser.text()
    assert [mail["To"] for mail in portal.mails] == [NEW, RITA]
    assert "r•••@nuevo.example" in body(told(portal, RITA)[0])
    assert "Aún no cambia nada" in body(told(portal, RITA)[0])
    assert account_of(EMAIL, RITA)
    assert account_of(EMAIL, NEW) is None


def test_the_button_gives_the_account_its_new_address_and_a_one_use_password(portal):
    """S3-55, S3-71."""
    link, _ = links(portal)

    browser = press(portal, link)
    portal.work()
    shown = browser.page.elements("p")
    password = next(p.text for p in shown if p.get("id") == "one-use")

    assert password == password_in(told(portal, NEW)[-1])
    assert "usa ahora el correo" in body(told(portal, RITA)[-1])
    assert account_of(EMAIL, RITA) is None
    owner = portal.visitor()
    assert knock(owner, NEW, password).status_code == 303
    assert owner.get("/").headers["Location"] == CHANGE
    assert knock(portal.visitor(), "AF100", password).status_code == 303


def test_recovery_goes_to_the_new_address_from_then_on(portal):
    """S3-76, S3-77."""
    press(portal, links(portal)[0])
    portal.work()
    portal.mails.clear()
    browser = portal.visitor()
    browser.get("/recuperar/clave")

    browser.form("/recuperar/clave").fill(identifier="AF100").submit()
    portal.work()

    assert [mail["To"] for mail in portal.mails] == [NEW]


def test_all_sessions_end(portal):
    press(portal, links(portal)[0])
    portal.work()
    elsewhere = portal.visitor()
    knock(elsewhere, "AF100", password_in(told(portal, NEW)[-1]))
    before = elsewhere.get(CHANGE).status_code

    press(portal, links(portal, email="otra@nuevo.example")[0])

    assert (before, elsewhere.get(CHANGE).status_code) == (200, 303)


def test_programs_that_open_every_link_change_nothing(portal):
    link, stop = links(portal)

    looked = [portal.visitor().get(each).status_code for each in (link, stop) * 5]

    assert looked == [200] * 10
    assert account_of(EMAIL, RITA)
    assert press(portal, link).last.status_code == 200


def test_a_link_is_good_once(portal):
    link, _ = links(portal)
    browser = portal.visitor()
    browser.get(link)
    form = browser.form(BUTTON)

    answers = [form.submit().status_code for _ in range(2)]
    portal.work()

    assert answers == [200, 410]
    assert "ya se usó" in browser.text()
    assert len(told(portal, NEW)) == 2


@pytest.mark.parametrize("any_office_url", ["sqlite", "postgres"], indirect=True)
def test_of_twenty_at_once_one_changes_the_address(portal, crowded):
    links(portal)
    rules = portal.app.extensions["clinicweb.rules"]
    keys = portal.app.extensions["clinicweb.settings"].keys()
    with db.reading() as session:
        link_id = session.scalars(select(Reactivation.link_id)).one()

    failures = crowded(20, lambda _: reactivation_actions.reactivate(rules, keys, link_id))

    assert [type(failure) for failure in failures] == [NotAllowed] * 19


def test_a_newer_request_replaces_the_link_before(portal):
    first, _ = links(portal)
    second, _ = links(portal, email="otra@nuevo.example")

    assert portal.visitor().get(first).status_code == 410
    assert press(portal, second).last.status_code == 200


def test_a_link_ends_after_its_time_and_says_where_to_ask_again(portal):
    began = clock.now()
    with clock.frozen(began):
        link, browser = links(portal)[0], portal.visitor()
        browser.get(link)
        form = browser.form(BUTTON)

    with clock.frozen(began + HOUR):
        assert form.submit().status_code == 410
        assert browser.click("Pedir otro enlace").status_code == 200

    assert account_of(EMAIL, RITA)


def test_a_closed_account_is_not_opened_again(portal):
    link, _ = links(portal)
    with db.current().writing() as session:
        session.merge(account_of(AFFILIATION, "AF100")).is_active = False

    assert press(portal, link).last.status_code == 410
    portal.mails.clear()
    ask(portal)
    portal.work()
    assert "no son de ninguna cuenta" in body(portal.mails[0])


def test_an_address_that_signs_in_somebody_else_stays_theirs(portal):
    """The account gets its mails there, and its owner signs in by affiliation number."""
    with db.current().writing() as session:
        other = session.scalars(select(Account).where(Account.name == "Ana")).one()
        other.identifiers.append(type(other.identifiers[0])(kind=EMAIL, value=NEW))

    press(portal, links(portal)[0])
    portal.work()

    assert account_of(EMAIL, NEW).name == "Ana"
    password = password_in(told(portal, NEW)[-1])
    assert knock(portal.visitor(), "AF100", password).status_code == 303


def test_requests_are_forgotten_when_they_are_answered_and_changes_later(portal):
    ask(portal)
    portal.work()
    rules = portal.app.extensions["clinicweb.rules"]
    answered = rows(ReactivationRequest)

    kept = []
    for days in (30, 40):
        with clock.frozen(clock.now() + timedelta(days=days)):
            reactivation_actions.purge(rules)
        kept.append(rows(Reactivation))

    assert (answered, kept) == (0, [1, 0])


def test_the_database_holds_nothing_that_opens_the_account(portal):
    """ADR 12."""
    link, stop = links(portal)
    press(portal, link)
    portal.work()
    secrets = [
        link.rpartition("/")[2],
        stop.rpartition("/")[2],
        password_in(told(portal, NEW)[-1]),
    ]

    with db.reading() as session:
        found = [
            repr(tuple(row))
            for table in metadata.sorted_tables
            for row in session.execute(select(table))
        ]

    assert found
    assert [row for row in found for secret in secrets if secret in row] == []


def test_clinics_without_cards_have_no_such_page(office):
    visitor = office("historia-clinica").visitor()

    visitor.get("/ingresar")

    assert "Reactivar" not in visitor.text()
    assert visitor.get(FORM).status_code == 404


def test_a_stolen_link_of_another_purpose_opens_nothing(portal):
    link, stop = (path.rpartition("/")[2] for path in links(portal))

    swapped = [f"/cuenta/reactivar/{stop}", f"/cuenta/no-fui-yo/{link}", f"/clave/temporal/{link}"]

    assert [portal.visitor().get(path).status_code for path in swapped] == [404] * 3


def test_the_mail_to_the_new_address_says_what_it_does(portal):
    links(portal)
    [mail] = told(portal, NEW)

    assert mail["Subject"].startswith("Recupere su cuenta")
    assert "durante 60 minutos" in body(mail)
    assert link_in(mail).startswith("/cuenta/reactivar/")
