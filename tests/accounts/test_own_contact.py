"""«Mis datos»: telephone, limits, tabs, and names that are addresses (S0-38, S3-61)."""

import pytest
from sqlalchemy import select

from clinicweb.accounts.models import EMAIL, AccountIdentifier
from clinicweb.core import db
from tests.accounts.door import knock
from tests.accounts.helped import clinic_file, mails, text_of
from tests.accounts.own_pages import (
    CLARAS,
    NEW,
    OLD,
    PHONE_PAGE,
    acts,
    call,
    link_in,
    press,
    shown,
    to,
    want,
)
from tests.cast import ANA, ANAS_APPOINTMENT, CLARA
from tests.checked_client import CheckedClient
from tests.pages import make_app, sign_in


@pytest.fixture
def app(any_clinic_url, tmp_path):
    app = make_app(any_clinic_url, tmp_path)
    yield app
    db.current().dispose()


def test_three_changes_an_hour_and_no_more(app, page):
    ana = page(ANA)

    emails = [want(ana, f"ana{number}@correo-uno.cl").status_code for number in range(5)]
    phones = [call(ana, f"+5622345678{number}").status_code for number in range(5)]

    assert emails == [303] * 3 + [429] * 2
    assert phones == [303] * 3 + [429] * 2
    assert len(to(app, OLD)) == 6


def test_one_mailbox_is_not_filled_by_several_accounts(app, page):
    statuses = [want(page(who), NEW).status_code for who in (ANA, CLARA, ANA, CLARA)]

    assert statuses == [303, 303, 303, 429]
    assert len(to(app, NEW)) == 3


def test_of_two_tabs_the_one_that_knows_less_is_told(app, page):
    ana = page(ANA)
    ana.get(PHONE_PAGE)
    other_tab = ana.form(PHONE_PAGE)
    call(ana, "+56 2 2345 6781")

    late = other_tab.fill(phone="+56 2 2345 6782").submit()

    assert late.status_code == 409
    assert "cambiaron mientras tanto" in ana.text()
    assert "+56223456781" in ana.text()
    assert ana.form(PHONE_PAGE).values["phone"] == "+56 2 2345 6782"
    assert ana.form(PHONE_PAGE).submit().status_code == 303
    assert "+56223456782" in shown(ana)


def test_a_telephone_is_kept_as_one_can_call_it_and_a_mail_tells(app, page):
    ana = page(ANA)

    assert call(ana, "2 2345 6789").status_code == 303

    assert "+56223456789" in shown(ana)
    [told] = to(app, OLD)
    assert "Su teléfono cambió en su cuenta." in text_of(told)
    assert acts("phone.change") == 1


def test_what_is_no_telephone_is_refused(app, page):
    ana = page(ANA)

    assert call(ana, "12").status_code == 422
    assert mails(app) == []


@pytest.fixture
def by_email(any_clinic_url, tmp_path):
    """A clinic where the e-mail signs in; Ana and Clara do."""
    names = '[sign_in]\nnames = ["document", "username", "email"]\ndocument_types = ["rut"]'
    app = make_app(any_clinic_url, tmp_path, clinic=clinic_file(tmp_path, names))
    with db.current().writing() as session:
        for name, address in (("ana", OLD), ("clara", CLARAS)):
            owner = select(AccountIdentifier.account_id).where(AccountIdentifier.value == name)
            session.add(
                AccountIdentifier(account_id=session.scalar(owner), kind=EMAIL, value=address)
            )
    yield app
    db.current().dispose()


def test_who_signs_in_by_email_does_so_by_the_new_one(by_email):
    want(sign_in(by_email, ANA))
    press(CheckedClient(by_email), link_in(to(by_email, NEW)[0]))

    statuses = [knock(CheckedClient(by_email), name).status_code for name in (NEW, OLD, "ana")]

    assert statuses == [303, 422, 303]


def test_an_address_that_signs_in_to_another_account_stays_that_accounts(by_email):
    """A family shares a mailbox: it reads both accounts' mails, and opens the one it opened."""
    want(sign_in(by_email, ANA), CLARAS)
    press(CheckedClient(by_email), link_in(to(by_email, CLARAS)[0]))

    clara = CheckedClient(by_email)
    assert knock(clara, CLARAS).status_code == 303
    clara.get("/")
    assert "Clara" in clara.text()
    assert knock(CheckedClient(by_email), OLD).status_code == 303
    assert CLARAS in shown(sign_in(by_email, ANA))


def test_words_about_appointments_go_to_the_new_address_in_the_chosen_language(app, page):
    """S3-58, S3-61: one rule says where mails go, whatever they are about."""
    ana = page(ANA)
    want(ana)
    press(page(), link_in(to(app, NEW)[0]))
    ana.get("/mi-perfil")
    ana.form("/mi-perfil/idioma").fill(language="en").submit()

    ana.get(f"/citas/{ANAS_APPOINTMENT}/liberar")
    ana.form(f"/citas/{ANAS_APPOINTMENT}/liberar").submit()

    told = mails(app)[-1]
    assert told["To"] == NEW
    assert "appointment" in told["Subject"]
