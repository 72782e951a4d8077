"""The code at sign-in: its channel chosen, its digits typed, who is asked for it."""

import re

import pytest
from sqlalchemy import select

from clinicweb.accounts.models import LoginSession, SignInRequest
from clinicweb.audit.models import AuditEvent
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core import db
from clinicweb.notifications.models import OutboxMessage
from tests.accounts.coded import ask, codes_sent, enter, rows, send
from tests.accounts.door import change_account, is_in, knock
from tests.accounts.helped import choose as choose_password
from tests.accounts.helped import give_address, link_for
from tests.accounts.helped import mails as all_mails
from tests.accounts.helped import text_of as words_of
from tests.cast import ADA, ANA, DIAZ, ELSA, PASSWORD, SOTO
from tests.pages import mailed_code


def test_the_code_that_was_mailed_lets_in_and_the_person_is_welcomed(office_app, stranger):
    """S1-11, S1-12, S1-13."""
    browser = ask(stranger())
    asked = browser.text()
    browser.form("Enviar").submit("Enviar")
    browser.follow()
    told = browser.text()

    answer = enter(browser, mailed_code(office_app))
    browser.follow()

    assert "a•••@pacientes.example" in asked
    assert "ana@pacientes.example" not in asked + told
    assert answer.status_code == 303
    assert "Bienvenido, ya estás en la plataforma de agendamiento" in browser.text()
    assert is_in(browser)


def test_a_mailbox_gets_few_codes_until_one_is_used(office_app, stranger):
    most = SignIn().codes_per_account_hour
    for _ in range(most):
        send(stranger())
    browser = ask(stranger())

    answer = browser.form("Enviar").submit("Enviar")

    assert answer.status_code == 429
    assert codes_sent() == most
    assert "Demasiados intentos. Espere 60 minutos" in browser.text()


def test_whoever_comes_in_may_ask_for_codes_as_before(office_app, stranger):
    for _ in range(SignIn().codes_per_account_hour + 2):
        enter(send(stranger()), mailed_code(office_app))

    assert rows(LoginSession) == SignIn().codes_per_account_hour + 2


def test_a_new_password_frees_the_owner_from_guesses_of_others(office_app, stranger):
    for _ in range(SignIn().codes_per_account_hour):
        send(stranger())
    owner = stranger()
    choose_password(owner, link_for(office_app, owner), "Siete patos 7")

    knock(owner, "ana", "Siete patos 7")
    owner.follow()

    assert owner.form("Enviar").submit("Enviar").status_code == 303


@pytest.mark.parametrize("typed", ["", "  ", "12345", "abcdef", "٣٤٥", "1234567", "é", "x" * 40])
def test_what_is_no_code_is_refused_in_words(stranger, typed):
    browser = send(stranger())
    form = browser.form("Ingresar")
    form.values["code"] = typed
    form.element.set("novalidate", "")

    answer = form.submit("Ingresar")

    assert answer.status_code == 422
    assert not is_in(browser)


def test_a_code_is_taken_with_spaces_and_in_other_digits(office_app, stranger):
    browser = send(stranger())
    code = mailed_code(office_app)
    written = " ".join(chr(0x660 + int(digit)) for digit in code)

    assert enter(browser, written).status_code == 303


def test_the_person_arrives_where_they_wanted_to_go(office_app, stranger):
    browser = stranger()
    browser.get("/ingresar?next=/mis-sesiones")
    browser.form("/ingresar").fill(identifier="ana", password=PASSWORD).submit()
    browser.follow()
    browser.form("Enviar").submit("Enviar")
    browser.follow()

    answer = enter(browser, mailed_code(office_app))

    assert answer.headers["Location"] == "/mis-sesiones"


def test_the_mail_says_the_code_and_never_to_tell_it(office_app, stranger):
    send(stranger())
    [mail] = all_mails(office_app)

    assert re.search(r"Su código es: \d{6}$", words_of(mail), re.MULTILINE)
    assert "No se lo diga a nadie" in words_of(mail)
    assert not re.search(r"\d{6}", mail["Subject"])
    with db.reading() as session:
        kept = session.scalars(select(OutboxMessage.context)).one()
    assert mailed_code(office_app) not in str(kept)


@pytest.mark.parametrize("person", [DIAZ, SOTO, ELSA, ADA], ids=lambda person: person.username)
def test_staff_show_a_code_in_every_clinic(app, page, person):
    browser = ask(page(), person)
    browser.form("Enviar").submit("Enviar")
    browser.follow()

    assert enter(browser, mailed_code(app)).status_code == 303
    assert is_in(browser)


def test_staff_without_any_means_come_in_only_to_be_told(page):
    change_account(ADA, email=None)
    browser = page()

    knock(browser, "ada")
    browser.follow()
    answer = browser.follow()

    assert answer.status_code == 200
    assert browser.url == "/mi-perfil/segundo-factor"
    assert browser.get("/mis-sesiones").headers["Location"] == "/mi-perfil/segundo-factor"
    assert browser.form("/salir").submit().status_code == 303


def test_a_patient_without_any_means_comes_in_only_to_be_told(stranger, office_app):
    give_address(ANA, None)
    browser = stranger()

    knock(browser, "ana")

    assert browser.get("/").headers["Location"] == "/mi-perfil/segundo-factor"


def test_a_patient_of_a_clinic_that_asks_for_none_comes_in_at_once(page):
    assert is_in(page(ANA))
    assert rows(SignInRequest) == 0


def test_each_step_leaves_a_line_in_the_journal(office_app, stranger):
    enter(send(stranger()), mailed_code(office_app))

    with db.reading() as session:
        lines = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert lines == ["sign_in.ask", "sign_in.choose", "session.start"]
