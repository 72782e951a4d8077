"""The clinic makes the account, its owner opens it: invitations, and accounts closed again."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from clinicweb.accounts import closing_actions, invitation_actions
from clinicweb.accounts.actions import CreateAccount
from clinicweb.accounts.models import Account, TermsAcceptance
from clinicweb.audit.models import AuditEvent
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.core import clock, db
from clinicweb.core.errors import InvalidInput, NotFound
from clinicweb.core.viewer import COMMAND_LINE, FRONT_DESK
from tests.accounts.door import cookie_of, is_in, knock, with_cookie
from tests.accounts.helped import NEW, answer, ask, clinic_file, mails, text_of
from tests.cast import ANA
from tests.pages import make_app

INES, EVA = "ines@clinica.cl", "eva@clinica.cl"
WEEK = timedelta(days=7)


@pytest.fixture
def app(any_clinic_url, tmp_path):
    app = make_app(any_clinic_url, tmp_path)
    with db.current().writing() as session:
        session.add(
            Practitioner(code="vera", given_name="Eva", family_name="Vera", search_key="eva vera")
        )
        session.add(
            Patient(mrn="1009", given_name="Inés", family_name="Paz", document_number="5126663-3",
                    document_type="rut", email="otro@correo.cl")
        )  # fmt: skip
    yield app
    db.current().dispose()


def invite(app, email=INES, **whom):
    made = CreateAccount(password="", email=email, **(whom or {"mrn": "1009"}))
    command = invitation_actions.Invite(made, "es")
    return invitation_actions.invite(COMMAND_LINE, current_rules(app), command)


def link_in(mail):
    [address] = re.findall(r"^https?://\S+/invitacion/\S+$", text_of(mail), re.MULTILINE)
    return urlsplit(address).path


def invited(app, email=INES, **whom):
    invite(app, email, **whom)
    return link_in(mails(app)[-1])


def accept(client, link, **changes):
    client.get(link)
    form = client.form(link).fill({"password": NEW, "again": NEW, "terms": True} | changes)
    return form.submit()


def acts(action):
    with db.reading() as session:
        return session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.action == action))


def test_a_patient_opens_the_account_that_the_clinic_made(app, page):
    link, ines = invited(app), page()
    assert mails(app)[-1]["To"] == INES

    answer = accept(ines, link)

    assert answer.headers["Location"] == "/ingresar"
    assert knock(ines, "5.126.663-3", NEW).status_code == 303
    ines.get("/mis-datos")
    assert INES in ines.text()
    assert "Inés Paz" in ines.text()
    assert [acts(f"{what}") for what in ("account.invite", "invitation.accept")] == [1, 1]


def test_whoever_has_no_name_that_signs_in_chooses_a_user_name(app, page):
    link, eva = invited(app, EVA, practitioner="vera"), page()

    taken = accept(eva, link, username="ana")
    assert taken.status_code == 422
    assert "Ese nombre de usuario ya existe." in eva.text()
    assert accept(eva, link, username="eva.vera").status_code == 303

    with db.reading() as session:
        account = session.scalars(select(Account).where(Account.name == "Eva Vera")).one()
        assert account.roles == "practitioner"
        assert [name.value for name in account.identifiers] == ["eva.vera"]


def test_staff_are_invited_by_role_and_name(app, page):
    link, elena = invited(app, EVA, roles=(FRONT_DESK,), name="Elena Rey"), page()

    assert accept(elena, link, username="elena").status_code == 303

    with db.reading() as session:
        account = session.scalars(select(Account).where(Account.name == "Elena Rey")).one()
        assert (account.roles, account.email) == ("front_desk", EVA)


def test_until_it_is_accepted_no_password_opens_the_account(app, page):
    invited(app)

    for password in ("", " ", "!", "nobody has this password"):
        client = page()
        client.get("/ingresar")
        form = client.form("/ingresar")
        form.values |= {"identifier": "5.126.663-3", "password": password}
        form.element.set("novalidate", "")
        assert form.submit().status_code == 422


def test_a_forgotten_password_is_not_how_an_invitation_is_accepted(app, page):
    invited(app)
    before = len(mails(app))

    for typed in ("5.126.663-3", INES):
        ask(page(), typed)
    answer(app)

    assert len(mails(app)) == before


def test_terms_are_accepted_with_the_text_of_the_day(app, page):
    link, ines = invited(app), page()
    ines.get(link)
    form = ines.form(link).fill(password=NEW, again=NEW)
    form.element.set("novalidate", "")
    refused = form.submit()

    assert refused.status_code == 422
    assert "hay que aceptar los términos" in ines.text()
    accept(ines, link)
    with db.reading() as session:
        [accepted] = session.scalars(select(TermsAcceptance)).all()
        assert accepted.version == current_rules(app).terms.version


def test_a_weak_password_is_refused_and_the_link_stays_good(app, page):
    link, ines = invited(app), page()

    assert accept(ines, link, password="hola", again="hola").status_code == 422
    assert accept(ines, link).status_code == 303


def test_opening_the_link_five_times_accepts_nothing(app, page):
    link, scanner = invited(app), page()

    assert [scanner.get(link).status_code for _ in range(5)] == [200] * 5
    assert acts("invitation.accept") == 0


def test_the_link_is_good_once(app, page):
    link, ines = invited(app), page()
    ines.get(link)
    form = ines.form(link).fill(password=NEW, again=NEW, terms=True)

    statuses = [form.submit().status_code for _ in range(2)]

    assert statuses == [303, 410]
    assert "ya se usó" in ines.text()
    assert acts("invitation.accept") == 1


def test_another_invitation_replaces_the_one_before(app, page):
    first, second = invited(app), invited(app, EVA)

    assert page().get(first).status_code == 410
    assert accept(page(), second).status_code == 303
    with db.reading() as session:
        assert session.scalar(select(Account.email).where(Account.name == "Inés Paz")) == EVA
        assert session.scalar(select(func.count()).where(Account.name == "Inés Paz")) == 1


def test_after_a_week_one_press_sends_another(app, page):
    began = clock.now()
    link = invited(app)
    with clock.frozen(began + WEEK + timedelta(seconds=1)):
        late = page()
        assert late.get(link).status_code == 410
        assert "pasó demasiado tiempo" in late.text()
        late.form("Enviarme otro enlace").submit()

        assert accept(page(), link_in(mails(app)[-1])).status_code == 303


def test_an_expired_link_sends_one_successor(app, page):
    began = clock.now()
    link = invited(app)
    with clock.frozen(began + WEEK + timedelta(seconds=1)):
        browsers = [page() for _ in range(5)]
        for browser in browsers:
            browser.get(link)
        for browser in browsers:
            browser.form("Enviarme otro enlace").submit()

    assert len(mails(app)) == 2


def test_who_has_an_account_is_not_invited(app):
    with pytest.raises(InvalidInput):
        invite(app, mrn="1001")
    with pytest.raises(NotFound):
        invite(app, mrn="no-such")
    with pytest.raises(InvalidInput):
        invite(app, "no address", mrn="1009")
    assert mails(app) == []


def test_where_the_address_signs_in_it_does_so_from_the_beginning(any_clinic_url, tmp_path):
    names = '[sign_in]\nnames = ["email"]\ndocument_types = ["rut"]'
    app = make_app(any_clinic_url, tmp_path, clinic=clinic_file(tmp_path, names))
    with db.current().writing() as session:
        session.add(
            Practitioner(code="vera", given_name="Eva", family_name="Vera", search_key="eva vera")
        )
    link = invited(app, EVA, practitioner="vera")
    browser = app.test_client()

    assert accept(browser, link).status_code == 303
    with db.reading() as session:
        account = session.scalars(select(Account).where(Account.name == "Eva Vera")).one()
        assert [(n.kind, n.value) for n in account.identifiers] == [("email", EVA)]
    db.current().dispose()


def test_whoever_was_signed_in_where_it_was_accepted_has_left(app, page):
    shared = page(ANA)

    accept(shared, invited(app))

    assert not is_in(shared)


def test_a_closed_account_lets_nobody_in_and_its_sessions_stay_ended(app, page):
    ana = page(ANA)
    copied = cookie_of(ana)
    [row] = [row for row in closing_actions.list_accounts(current_rules(app)) if row.name == "Ana"]

    closing_actions.close_account(COMMAND_LINE, row.id)
    assert not is_in(ana)
    assert knock(page(), "ana").status_code == 422
    closing_actions.reopen_account(COMMAND_LINE, row.id)

    assert knock(page(), "ana").status_code == 303
    assert not is_in(with_cookie(app, copied))
    assert [acts("account.close"), acts("account.reopen")] == [1, 1]


def test_an_invitation_to_a_closed_account_opens_nothing(app, page):
    number = invite(app)
    link = link_in(mails(app)[-1])

    closing_actions.close_account(COMMAND_LINE, number)

    assert page().get(link).status_code == 410


def test_the_list_tells_who_came_and_who_did_not(app, page):
    number = invite(app)
    states = {row.name: row.state for row in closing_actions.list_accounts(current_rules(app))}

    assert (states["Inés Paz"], states["Ana"], states["Dora"]) == ("invited", "open", "closed")
    with pytest.raises(NotFound):
        closing_actions.close_account(COMMAND_LINE, number + 1)
