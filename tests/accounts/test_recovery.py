"""Help for who cannot come in: «Recuperar Usuario» and «Recuperar contraseña», by mail."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from clinicweb.accounts.models import RecoveryRequest
from clinicweb.core import db
from tests.accounts.door import change_account, knock
from tests.accounts.helped import (
    NEW,
    PASSWORD_PAGE,
    USER_PAGE,
    answer,
    ask,
    choose,
    give_address,
    link_in,
    mails,
    recipients,
    text_of,
)
from tests.cast import ANA, CLARA, DIAZ
from tests.checked_client import CheckedClient
from tests.pages import make_app

PAGES = (USER_PAGE, PASSWORD_PAGE)
EVIL = "evil.example"


def test_one_mail_tells_all_users_of_an_address(app, page, ruts):
    """S4-18."""
    give_address(CLARA, "Familia@pacientes.example")
    give_address(ANA, "familia@pacientes.example")

    ask(page(), " FAMILIA@pacientes.example ", USER_PAGE)
    answer(app)

    [mail] = mails(app)
    lines = text_of(mail).splitlines()
    assert "Ana: 10.000.013-K, ana" in lines
    assert "Clara: 11.111.111-1, clara" in lines
    assert not [line for line in lines if "clave" in line]


def test_the_page_says_where_to_look_and_nothing_of_who_is_there(app, page):
    """S3-76."""
    browser = page()

    ask(browser, "ana@pacientes.example", USER_PAGE)
    browser.follow()

    assert "Revise su correo" in browser.text()
    assert "correo no deseado" in browser.text()
    assert "ana@" not in browser.text()


@pytest.mark.parametrize(
    "typed", ["ana", " ANA ", "10.000.013-k", "ana@pacientes.example", "ANA@Pacientes.Example"]
)
def test_a_link_to_a_new_password_goes_to_the_address_of_the_record(app, page, ruts, typed):
    """S4-19 and S3-75, as a link."""
    ask(page(), typed)
    answer(app)

    [mail] = mails(app)
    assert mail["To"] == "ana@pacientes.example"
    assert choose(page(), urlsplit(link_in(mail)).path).status_code == 303
    assert knock(page(), "ana", NEW).status_code == 303


def test_the_mail_names_the_users_and_how_long_the_link_is_good(app, page, ruts):
    ask(page(), "ana")
    answer(app)

    words = text_of(mails(app)[0])
    assert "Inicia sesión con: 10.000.013-K, ana" in words
    assert "Vale una vez, durante 60 minutos." in words


def test_an_address_of_several_gets_a_link_for_each(app, page):
    give_address(CLARA, "ana@pacientes.example")

    ask(page(), "ana@pacientes.example")
    answer(app)

    links = [urlsplit(link_in(mail)).path for mail in mails(app)]
    assert len(set(links)) == 2
    assert [choose(page(), link).status_code for link in links] == [303, 303]


def test_a_doctor_is_helped_too(app, page):
    give_address(DIAZ, "diaz@clinica.example")

    ask(page(), "diaz")
    answer(app)

    assert recipients(app) == ["diaz@clinica.example"]


def test_a_mail_tells_that_the_password_changed(app, page):
    ask(page(), "ana")
    answer(app)
    choose(page(), urlsplit(link_in(mails(app)[0])).path)

    told = mails(app)[-1]
    assert told["To"] == "ana@pacientes.example"
    assert "cambió" in told["Subject"]
    assert "/recuperar/clave" in text_of(told)
    assert NEW not in told.as_string()


def test_a_mail_is_written_in_the_language_of_whoever_asked(app, page):
    browser = page()
    browser.get(PASSWORD_PAGE, headers={"Accept-Language": "en"})
    form = browser.form(PASSWORD_PAGE).fill(identifier="ana")
    form.submit(**{"Accept-Language": "en"})
    answer(app)

    assert "To choose a new password" in text_of(mails(app)[0])


@pytest.mark.parametrize("address", [None, ""])
def test_who_has_no_address_gets_no_mail_and_stops_nobody(app, page, address):
    give_address(CLARA, address)

    ask(page(), "clara")
    ask(page(), "ana")

    assert answer(app) == 2
    assert recipients(app) == ["ana@pacientes.example"]


def test_recovery_works_while_the_account_is_slowed_down(app, page):
    """S4-17: blocked after many failures, helped by «Recuperar contraseña»."""
    for _ in range(20):
        knock(page(), "ana", "no es")
    blocked = knock(page(), "ana").status_code

    ask(page(), "ana")
    answer(app)
    choose(page(), urlsplit(link_in(mails(app)[0])).path)

    assert blocked == 429
    assert knock(page(), "ana", NEW).status_code == 303


def test_answered_requests_are_forgotten(app, page):
    ask(page(), "ana")
    ask(page(), "nadie")

    taken, again = answer(app), answer(app)

    assert (taken, again) == (2, 0)
    with db.reading() as session:
        assert session.scalar(select(func.count(RecoveryRequest.id))) == 0


def test_two_workers_answer_a_request_once(any_clinic_url, tmp_path):
    app = make_app(any_clinic_url, tmp_path)
    ask(CheckedClient(app, use_cookies=True), "ana")
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: answer(app), range(8)))
    sent = recipients(app)
    db.current().dispose()

    assert sum(taken) == 1
    assert sent == ["ana@pacientes.example"]


@pytest.mark.parametrize("help_page", PAGES)
@pytest.mark.parametrize("blank", ["", "   ", "\u200f"])
def test_nothing_typed_is_told_beside_its_field(page, help_page, blank):
    browser = page()
    browser.get(help_page)
    form = browser.form(help_page)
    form.values["identifier"] = blank

    answer = form.submit_anyway()

    assert answer.status_code == 422
    assert "Escriba este dato para poder ayudarle." in browser.text()


def test_a_request_for_an_account_closed_meanwhile_is_answered_by_nothing(app, page):
    ask(page(), "ana")
    change_account(ANA, is_active=False)

    answer(app)

    assert recipients(app) == []


def test_each_page_of_help_is_found_at_the_door(page):
    """S4-4."""
    browser = page()
    browser.get("/ingresar")
    assert browser.click("Recuperar Usuario").status_code == 200
    browser.get("/ingresar")
    assert browser.click("Recuperar contraseña").status_code == 200
