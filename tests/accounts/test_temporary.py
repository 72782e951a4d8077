"""«Recuperar contraseña» by a temporary password (S3-75, S3-76, S4-19, S4-20)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from clinicweb.accounts import one_time, recovery_actions
from clinicweb.accounts.models import USERNAME
from clinicweb.core import clock, db
from clinicweb.core.errors import NotAllowed
from clinicweb.models import metadata
from tests.accounts.door import knock
from tests.accounts.office import PASSWORD, RITA, account_of, body, write
from tests.accounts.office import link_in as activation_in

ASK, CHANGE = "/recuperar/clave", "/mi-perfil/clave"
CONFIRM, SENT = "Enviarme una contraseña temporal", "contraseña temporal"
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def known(office):
    """A portal that mails temporary passwords, where Rita has an account."""
    portal = office("historia-clinica")
    portal.register(portal.visitor())
    portal.work()
    browser = portal.visitor()
    browser.get(activation_in(portal.mails[0]))
    browser.form("Activar mi cuenta").submit()
    portal.work()
    portal.mails.clear()
    return portal


def ask(portal, email=RITA, user="rita"):
    browser = portal.visitor()
    browser.get(ASK)
    write(browser.form(ASK), {"Email": email, "Usuario": user}).submit()
    return browser


def link_in(mail):
    [path] = re.findall(r"https?://[^/]+(/clave/temporal/\S+)", body(mail))
    return path


def link_for(portal, **typed):
    ask(portal, **typed)
    portal.work()
    return link_in(portal.mails[-1])


def press(portal, link, browser=None):
    browser = browser or portal.visitor()
    browser.get(link)
    browser.form(CONFIRM).submit()
    return browser


def password_in(mail):
    [found] = re.findall(r"contraseña temporal es: (\S+)", body(mail))
    return found


def test_rita_is_asked_for_both_and_for_a_confirmation_before_anything_changes(known):
    """S4-19."""
    link = link_for(known)

    [mail] = known.mails
    assert mail["To"] == RITA
    assert "Confirme el cambio" in mail["Subject"]
    assert "durante 60 minutos" in body(mail)
    assert SENT not in mail["Subject"]
    assert knock(known.visitor(), "rita", PASSWORD).status_code == 303
    assert known.visitor().get(link).status_code == 200


def test_the_second_mail_has_a_password_that_is_replaced_at_the_first_sign_in(known):
    """S4-19, S4-20: two mails; the old password is dead, the temporary one opens one page."""
    browser = press(known, link_for(known))
    browser.follow()
    assert "contraseña temporal" in browser.text()
    known.work()
    temporary = password_in(known.mails[1])

    assert knock(known.visitor(), "rita", PASSWORD).status_code == 422
    assert knock(browser, "rita", temporary).status_code == 303
    assert browser.get("/").headers["Location"] == CHANGE
    browser.get(CHANGE)
    form = browser.form(CHANGE).fill(
        current=temporary, password="Una clave nueva 7", again="Una clave nueva 7"
    )
    assert form.submit().status_code == 303

    assert knock(known.visitor(), "rita", temporary).status_code == 422
    assert knock(known.visitor(), "rita", "Una clave nueva 7").status_code == 303


@pytest.mark.parametrize(
    ("email", "user"),
    [
        ("otra@correo.example", "rita"),
        (RITA, "beto"),
        (RITA, ""),
        ("nadie@correo.example", "nadie"),
    ],
)
def test_an_address_and_a_user_of_different_people_mean_nobody(known, email, user):
    ask(known, email=email, user=user or "rita2")

    known.work()

    assert known.mails == []


def test_programs_that_open_every_link_change_nothing(known):
    link = link_for(known)

    looked = [known.visitor().get(link).status_code for _ in range(5)]

    assert looked == [200] * 5
    assert knock(known.visitor(), "rita", PASSWORD).status_code == 303
    assert press(known, link).last.status_code == 303


def test_a_link_is_good_once_and_a_double_click_sends_one_mail(known):
    link, browser = link_for(known), known.visitor()
    browser.get(link)
    form = browser.form(CONFIRM)

    answers = [form.submit().status_code for _ in range(2)]
    known.work()

    assert answers == [303, 410]
    assert "ya se usó" in browser.text()
    assert len(known.mails) == 2


@pytest.mark.parametrize("any_office_url", ["sqlite", "postgres"], indirect=True)
def test_of_twenty_at_once_one_changes_the_password(known, crowded):
    link_for(known)
    rules = known.app.extensions["clinicweb.rules"]
    keys = known.app.extensions["clinicweb.settings"].keys()
    with db.reading() as session:
        query = select(one_time.OneTimeLink.id).where(
            one_time.OneTimeLink.purpose == one_time.TEMPORARY_PASSWORD
        )
        link_id = session.scalars(query).one()

    failures = crowded(20, lambda _: recovery_actions.send_temporary_password(rules, keys, link_id))

    assert [type(failure) for failure in failures] == [NotAllowed] * 19
    known.work()
    assert len(known.mails) == 2


def test_other_sessions_end_with_the_old_password(known):
    elsewhere = known.visitor()
    knock(elsewhere, "rita", PASSWORD)
    link = link_for(known)
    still = elsewhere.get("/mis-sesiones").status_code

    press(known, link)

    assert (still, elsewhere.get("/mis-sesiones").status_code) == (200, 303)


def test_whoever_was_signed_in_where_the_link_was_opened_has_left(known):
    shared = known.visitor()
    knock(shared, "rita", PASSWORD)

    press(known, link_for(known), shared)

    assert shared.get("/mis-sesiones").status_code == 303


def test_an_expired_link_sends_its_successor_by_one_press(known):
    began = clock.now()
    with clock.frozen(began):
        link = link_for(known)

    with clock.frozen(began + HOUR):
        browser = known.visitor()
        assert browser.get(link).status_code == 410
        form = browser.form("Enviarme otro enlace")
        statuses = [form.submit().status_code for _ in range(2)]
        known.work()
        newer = link_in(known.mails[-1])

        assert statuses == [303, 303]
        assert len(known.mails) == 2
        assert press(known, newer).last.status_code == 303


def test_a_link_that_ends_before_it_is_pressed_changes_nothing(known):
    began = clock.now()
    with clock.frozen(began):
        browser, link = known.visitor(), link_for(known)
        browser.get(link)
        form = browser.form(CONFIRM)

    with clock.frozen(began + HOUR):
        answer = form.submit()

    assert answer.status_code == 410
    assert knock(known.visitor(), "rita", PASSWORD).status_code == 303


def test_nobody_is_flooded_with_temporary_passwords(known):
    """Each needs a link of its own, and of those there are three an hour."""
    for _ in range(6):
        ask(known)
    known.work()
    links = [link_in(mail) for mail in known.mails]
    for link in links:
        known.visitor().get(link)
    press(known, links[-1])
    known.work()

    assert len(links) == 3
    assert len(known.mails) == 4


def test_recovery_works_while_the_account_is_slowed_down(known):
    """S4-17."""
    for _ in range(20):
        knock(known.visitor(), "rita", "no es")
    slowed = knock(known.visitor(), "rita", PASSWORD).status_code

    press(known, link_for(known))
    known.work()

    assert slowed == 429
    assert knock(known.visitor(), "rita", password_in(known.mails[1])).status_code == 303


def test_the_database_holds_nothing_that_opens_the_account(known):
    """ADR 12."""
    press(known, link_for(known))
    known.work()
    token, password = link_in(known.mails[0]).rpartition("/")[2], password_in(known.mails[1])

    with db.reading() as session:
        found = [
            repr(tuple(row))
            for table in metadata.sorted_tables
            for row in session.execute(select(table))
        ]

    assert found
    assert [row for row in found if token in row or password in row] == []


def test_a_closed_account_is_given_no_password(known):
    link = link_for(known)
    with db.current().writing() as session:
        session.merge(account_of(USERNAME, "rita")).is_active = False

    browser = press(known, link)
    known.work()

    assert browser.last.status_code == 410
    assert len(known.mails) == 1


def test_a_family_is_mailed_by_affiliation_number_alone(office):
    """S3-75, S3-76: one field, one confirmation, a generated password."""
    portal = office("afiliados")
    portal.register(portal.visitor())
    portal.work()
    browser = portal.visitor()
    browser.get(activation_in(portal.mails[0]))
    browser.form("Activar mi cuenta").submit()
    portal.work()
    portal.mails.clear()

    browser.get(ASK)
    browser.form(ASK).fill(identifier="af-100").submit()
    portal.work()
    press(portal, link_in(portal.mails[0]))
    portal.work()

    assert [mail["To"] for mail in portal.mails] == [RITA, RITA]
    assert knock(portal.visitor(), "AF100", password_in(portal.mails[1])).status_code == 303
