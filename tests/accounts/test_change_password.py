"""«Mi perfil» and «Cambiar contraseña» (S0-39, S0-40, S4-20)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinicweb.accounts import passwords, recovery_actions
from clinicweb.accounts.models import LoginSession
from clinicweb.accounts.recovery_actions import ChangePassword
from clinicweb.clinic.installed import current_rules
from clinicweb.core import clock, db
from clinicweb.core.errors import NotAllowed
from clinicweb.core.viewer import Viewer
from tests.accounts.door import change_account, cookie_of, is_in, knock, with_cookie
from tests.accounts.helped import CHANGE_PAGE, NEW, change, changes, give_address, mails
from tests.cast import ANA, CLARA, PASSWORD

HOUR = timedelta(hours=1)
TRIES = 20


def test_the_password_is_changed_from_ones_own_page(page):
    """S0-39, S0-40, S4-20."""
    ana = page(ANA)

    ana.get("/")
    ana.click("Ver mi perfil")
    ana.click("Cambiar contraseña")
    form = ana.form(CHANGE_PAGE).fill(current=PASSWORD, password=NEW, again=NEW)
    answer = form.submit()

    assert answer.headers["Location"] == "/mi-perfil"
    ana.follow()
    assert "Su contraseña cambió. Cerramos sus otras sesiones." in ana.text()
    assert knock(page(), "ana", PASSWORD).status_code == 422
    assert knock(page(), "ana", NEW).status_code == 303


def test_ones_own_page_tells_the_names_that_sign_in(page, ruts):
    ana = page(ANA)

    ana.get("/mi-perfil")

    assert "10.000.013-K" in ana.text()
    assert "ana" in ana.text()
    assert "11.111.111-1" not in ana.text()


def test_the_other_sessions_end_and_the_present_one_stays(app, page):
    here, there, clara = page(ANA), page(ANA), page(CLARA)
    copied = cookie_of(there)

    change(here, PASSWORD)

    assert is_in(here)
    assert not is_in(there)
    assert not is_in(with_cookie(app, copied))
    assert is_in(clara)


def test_it_can_be_changed_again_in_the_same_session(page):
    ana = page(ANA)

    statuses = [change(ana, PASSWORD).status_code, change(ana, NEW, "ocho gansos").status_code]

    assert statuses == [303, 303]
    assert is_in(ana)


def test_the_owner_is_told_by_mail(app, page):
    change(page(ANA), PASSWORD)

    [told] = mails(app)
    assert told["To"] == "ana@pacientes.example"
    assert NEW not in told.as_string()


def test_a_wrong_present_password_changes_nothing_and_shows_no_password_again(page):
    ana = page(ANA)

    answer = change(ana, "no es la clave")

    assert answer.status_code == 422
    assert "No es su contraseña actual." in ana.text()
    values = ana.form(CHANGE_PAGE).values
    assert [values[name] for name in ("current", "password", "again")] == [""] * 3
    assert NEW not in answer.get_data(as_text=True)
    assert changes() == 0


def test_guessing_the_present_password_is_counted_and_ends(page, monkeypatch):
    ana, checked = page(ANA), []
    monkeypatch.setattr(passwords, "is_right", lambda *asked: bool(checked.append(asked)))

    statuses = [change(ana, f"clave {number}").status_code for number in range(TRIES + 3)]

    assert statuses == [422] * TRIES + [429] * 3
    assert len(checked) == TRIES
    assert int(ana.last.headers["Retry-After"]) > 3500
    assert "Espere 60 minutos" in ana.text()


def test_after_an_hour_the_owner_may_try_again(page):
    began = clock.now()
    with clock.frozen(began):
        thief = page(ANA)
        for _ in range(TRIES):
            change(thief, "no es")
        blocked = change(thief, PASSWORD).status_code
    with clock.frozen(began + HOUR):
        after = change(page(ANA), PASSWORD).status_code

    assert (blocked, after) == (429, 303)


def test_strangers_at_the_door_do_not_keep_the_owner_from_it(page):
    ana = page(ANA)
    for _ in range(TRIES + 1):
        knock(page(), "ana", "no es")

    assert change(ana, PASSWORD).status_code == 303


def test_a_mistyped_repetition_costs_no_attempt(page, monkeypatch):
    ana, checked = page(ANA), []
    monkeypatch.setattr(passwords, "is_right", lambda *asked: bool(checked.append(asked)))

    answer = change(ana, PASSWORD, NEW, "siete gatos")

    assert answer.status_code == 422
    assert checked == []


def test_a_password_that_somebody_else_changed_meanwhile_is_not_overwritten(app, page, monkeypatch):
    page(ANA)
    with db.reading() as session:
        login = session.scalars(select(LoginSession)).one()
        viewer = Viewer(login.account_id, login.id, "Ana", frozenset({"patient"}))

    def meanwhile(*_asked):
        change_account(ANA, credential_version=2)
        return True

    monkeypatch.setattr(passwords, "is_right", meanwhile)

    with pytest.raises(NotAllowed):
        recovery_actions.change_password(current_rules(app), ChangePassword(viewer, PASSWORD, NEW))
    assert changes() == 0


def test_people_without_an_address_change_theirs_too(app, page):
    give_address(ANA, None)

    assert change(page(ANA), PASSWORD).status_code == 303
    assert mails(app) == []


def test_changing_it_again_and_again_floods_nobody(app, page):
    ana, present = page(ANA), PASSWORD
    for number in range(5):
        new = f"{NEW} {number}"
        assert change(ana, present, new).status_code == 303
        present = new

    assert len(mails(app)) == 3
