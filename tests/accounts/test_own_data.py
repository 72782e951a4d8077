"""«Mis datos»: the record, and a new e-mail for the account (S0-38, S3-61)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from clinicweb.accounts import one_time, own_data_actions
from clinicweb.accounts.models import EmailChange
from clinicweb.clinic.models import Patient
from clinicweb.core import clock, db
from clinicweb.web.guards import CONFIRMED_FOR
from tests.accounts.door import change_account
from tests.accounts.helped import answer, ask, choose, link_for, mails, text_of
from tests.accounts.own_pages import (
    CLARAS,
    EMAIL_PAGE,
    NEW,
    OLD,
    acts,
    link_in,
    press,
    shown,
    to,
    want,
)
from tests.cast import ADA, ANA
from tests.pages import make_app

DAY = timedelta(hours=24)


@pytest.fixture
def app(any_clinic_url, tmp_path):
    app = make_app(any_clinic_url, tmp_path)
    yield app
    db.current().dispose()


def test_the_record_is_shown_and_only_the_clinic_changes_it(app, page):
    """S0-38."""
    with db.current().writing() as session:
        record = session.scalars(select(Patient).where(Patient.mrn == "1001")).one()
        record.birth_date = date(1980, 3, 3)
    ana = page(ANA)

    ana.get("/")
    ana.click("Mis datos")

    for words in ("Ana Núñez", "10.000.013-K", "3 de marzo de 1980", OLD, "contacte a la clínica"):
        assert words in ana.text()
    assert "11.111.111-1" not in ana.text()


def test_staff_have_data_too(page):
    assert "No tenemos" in shown(page(ADA))


def test_the_new_address_gets_a_link_and_the_old_one_is_told_at_once(app, page):
    """S3-61."""
    ana = page(ANA)

    answer = want(ana)

    assert answer.headers["Location"] == "/mis-datos"
    [link], [told] = to(app, NEW), to(app, OLD)
    assert link_in(link)
    assert "a•••@correo-uno.cl" in text_of(told)
    assert "elija otra contraseña" in text_of(told)
    assert "/correo/confirmar/" not in told.as_string()
    assert NEW not in told.as_string()
    assert OLD in shown(ana)
    assert f"Falta confirmar {NEW}" in ana.text()
    assert acts("email_change.ask") == 1


def test_the_button_of_the_link_changes_it_and_both_are_told(app, page):
    ana, mailbox = page(ANA), page()
    want(ana)
    link = link_in(to(app, NEW)[0])

    answer = press(mailbox, link)

    assert answer.headers["Location"] == "/ingresar"
    told_old, told_new = to(app, OLD)[-1], to(app, NEW)[-1]
    assert told_old["Subject"] == told_new["Subject"]
    assert "llame a la clínica" in text_of(told_old)
    assert OLD not in shown(ana)
    assert NEW in ana.text()
    assert "Falta confirmar" not in ana.text()
    assert acts("email.change") == 1


def test_opening_the_link_five_times_changes_nothing(app, page):
    ana, scanner = page(ANA), page()
    want(ana)
    link = link_in(to(app, NEW)[0])

    statuses = [scanner.get(link).status_code for _ in range(5)]

    assert statuses == [200] * 5
    assert OLD in shown(ana)


def test_the_link_is_good_once(app, page):
    ana = page(ANA)
    want(ana)
    link = link_in(to(app, NEW)[0])
    first, second = page(), page()
    first.get(link)
    second.get(link)

    statuses = [each.form("Usar este correo").submit().status_code for each in (first, second)]

    assert statuses == [303, 410]
    assert first.get(link).status_code == 410
    assert len(to(app, OLD)) == 2


def test_a_day_later_the_link_says_so_and_leads_to_another(app, page):
    began = clock.now()
    ana = page(ANA)
    want(ana)
    link = link_in(to(app, NEW)[0])

    with clock.frozen(began + DAY + timedelta(minutes=1)):
        late = page()
        assert late.get(link).status_code == 410
        assert "pasó demasiado tiempo" in late.text()
        assert late.click("Pedir otro enlace").status_code == 303
        assert "Falta confirmar" not in shown(page(ANA))


def test_a_second_wish_replaces_the_first(app, page):
    ana = page(ANA)
    want(ana, "primero@correo-uno.cl")
    want(ana, NEW)

    assert page().get(link_in(to(app, "primero@correo-uno.cl")[0])).status_code == 410
    assert press(page(), link_in(to(app, NEW)[0])).status_code == 303
    assert NEW in shown(ana)


def test_a_change_is_cancelled_by_one_press(app, page):
    ana = page(ANA)
    want(ana)
    shown(ana)

    ana.form("Cancelar el cambio").submit()

    assert page().get(link_in(to(app, NEW)[0])).status_code == 410
    assert "Falta confirmar" not in shown(ana)
    assert acts("email_change.cancel") == 1


def test_whoever_did_not_ask_stops_it_with_a_new_password(app, page):
    """As the mail to the old address says."""
    want(page(ANA))
    link = link_in(to(app, NEW)[0])

    choose(page(), link_for(app, page()))

    assert page().get(link).status_code == 410


def test_links_of_before_the_change_are_worth_nothing_after(app, page):
    want(page(ANA))
    reset = link_for(app, page())
    press(page(), link_in(to(app, NEW)[0]))

    assert page().get(reset).status_code == 410
    ask(page(), "ana")
    answer(app)
    assert mails(app)[-1]["To"] == NEW


def test_the_address_of_another_account_is_not_told_apart(app, page):
    theirs, nobodys = page(ANA), page(ANA)

    answers = [want(theirs, CLARAS), want(nobodys, "nadie@pacientes.example")]

    assert [answer.status for answer in answers] == ["303 SEE OTHER"] * 2
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    texts = [shown(client) for client in (theirs, nobodys)]
    assert "otra cuenta" not in texts[0]
    [mail] = to(app, CLARAS)
    assert "Clara" not in text_of(mail)


def test_without_a_recent_proof_nothing_is_asked_for(app, page):
    began = clock.now()
    with clock.frozen(began):
        ana = page(ANA)
        ana.get(EMAIL_PAGE)
        form = ana.form(EMAIL_PAGE).fill(email=NEW)
    with clock.frozen(began + CONFIRMED_FOR + timedelta(seconds=1)):
        late = form.submit()
        assert late.headers["Location"].startswith(
            "/mi-perfil/confirmar?next=%2Fmis-datos%2Fcorreo"
        )
        assert ana.get(EMAIL_PAGE).status_code == 303
        assert ana.get("/mis-datos").status_code == 200
    assert mails(app) == []


@pytest.mark.parametrize("wrong", ["ana", "ana@", "a b@c.cl", "ana@x.cl\nBcc: y@z.cl"])
def test_what_is_no_address_is_refused_and_stands_there_still(app, page, wrong):
    ana = page(ANA)

    answer = want(ana, wrong)

    assert answer.status_code == 422
    assert mails(app) == []


@pytest.mark.parametrize("same", [OLD, OLD.upper()])
def test_the_present_address_is_no_change(app, page, same):
    ana = page(ANA)

    assert want(ana, same).status_code == 422
    assert "Es el que ya tiene." in ana.text()


def test_the_account_of_a_closed_person_is_not_changed_by_a_link(app, page):
    want(page(ANA))
    link = link_in(to(app, NEW)[0])
    mailbox = page()
    mailbox.get(link)
    change_account(ANA, is_active=False)

    assert mailbox.form("Usar este correo").submit().status_code == 410
    assert acts("email.change") == 0


def test_addresses_that_nobody_confirmed_are_forgotten(app, page):
    want(page(ANA))
    later = clock.now() + one_time.REMEMBERED + timedelta(days=1)
    with clock.frozen(later):
        own_data_actions.purge()

    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(EmailChange)) == 0
