"""«Confirme que es usted»: who is signed in shows it again before the account is changed."""

from datetime import timedelta

import pytest
from flask import Response
from sqlalchemy import func, select

from clinicweb.accounts import passwords
from clinicweb.accounts.models import LoginSession
from clinicweb.audit.models import AuditEvent
from clinicweb.core import clock, db
from clinicweb.web.guards import CONFIRMED_FOR, recently_confirmed
from tests.accounts.door import change_account, cookie_of, is_in, with_cookie
from tests.cast import ANA, CLARA, PASSWORD
from tests.pages import make_app

CONFIRM = "/mi-perfil/confirmar"
TRIES = 20
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def app(any_clinic_url, tmp_path):
    """A portal with one more page, which only those may open who have shown who they are."""
    app = make_app(any_clinic_url, tmp_path)

    @recently_confirmed
    def guarded():
        return Response("inside", mimetype="text/plain")

    app.add_url_rule("/guardado", "guarded", guarded, methods=["GET"])
    act = recently_confirmed(lambda: "done")
    app.add_url_rule("/guardado", "guarded_post", act, methods=["POST"])
    app.add_url_rule("/acto", "guarded_act", act, methods=["POST"])
    yield app
    db.current().dispose()


@pytest.fixture
def later():
    """A while after everybody's sign-in the clock stands still."""

    def wait(waited=CONFIRMED_FOR + INSTANT):
        return clock.frozen(clock.now() + waited)

    return wait


def confirm(client, password=PASSWORD):
    return client.form(CONFIRM).fill(password=password).submit()


def token(client):
    client.get("/mis-sesiones")
    return {"csrf_token": client.form("/salir").values["csrf_token"]}


def confirmations():
    acts = select(func.count(AuditEvent.id)).where(AuditEvent.action == "session.confirm")
    with db.reading() as session:
        return session.scalar(acts)


@pytest.mark.parametrize(("more", "status"), [(timedelta(0), 200), (INSTANT, 303)])
def test_a_sign_in_counts_as_shown_for_ten_minutes(page, more, status):
    began = clock.now()
    with clock.frozen(began):
        ana = page(ANA)
    with clock.frozen(began + CONFIRMED_FOR + more):
        assert ana.get("/guardado").status_code == status


def test_the_password_opens_the_page_that_was_asked_for(page, later):
    ana = page(ANA)
    with later():
        asked = ana.get("/guardado?pagina=2")
        ana.follow()
        answer = confirm(ana)
        ana.last = answer
        inside = ana.follow()

    assert asked.headers["Location"] == "/mi-perfil/confirmar?next=%2Fguardado%3Fpagina%3D2"
    assert answer.headers["Location"] == "/guardado?pagina=2"
    assert inside.get_data(as_text=True) == "inside"
    assert confirmations() == 1


def test_a_form_sent_too_late_is_not_done_and_the_person_is_told(page, later):
    ana = page(ANA)
    sent = token(ana)
    with later():
        answer = ana.post("/guardado", data=sent)
        assert answer.headers["Location"] == "/mi-perfil/confirmar?next=%2Fguardado"
        ana.follow()

    assert "Pasó un rato: no guardamos lo que envió." in ana.text()


def test_an_act_without_a_page_of_its_own_leads_back_to_ones_profile(page, later):
    ana = page(ANA)
    sent = token(ana)
    with later():
        answer = ana.post("/acto", data=sent)

    assert answer.headers["Location"] == "/mi-perfil/confirmar?next=%2Fmi-perfil"


def test_strangers_are_asked_to_sign_in_and_not_for_a_password_alone(page):
    answer = page().get("/guardado")

    assert answer.headers["Location"] == "/ingresar?next=%2Fguardado"


def test_a_session_from_before_the_upgrade_is_asked(page):
    ana = page(ANA)
    with db.current().writing() as session:
        for login in session.scalars(select(LoginSession)):
            login.confirmed_at = None

    assert ana.get("/guardado").status_code == 303


def test_a_wrong_password_shows_nothing_again_and_confirms_nothing(page, later):
    ana = page(ANA)
    with later():
        ana.get(CONFIRM)
        answer = confirm(ana, "no es la clave")

        assert answer.status_code == 422
        assert "No es su contraseña actual." in ana.text()
        assert ana.form(CONFIRM).values["password"] == ""
        assert "no es la clave" not in answer.get_data(as_text=True)
        assert ana.get("/guardado").status_code == 303
    assert confirmations() == 0


def test_guessing_is_counted_together_with_the_change_of_password_and_ends(page, monkeypatch):
    ana, checked = page(ANA), []
    monkeypatch.setattr(passwords, "is_right", lambda *asked: bool(checked.append(asked)))
    ana.get(CONFIRM)

    statuses = [confirm(ana, f"clave {number}").status_code for number in range(TRIES + 2)]
    ana.get("/mi-perfil/clave")
    form = ana.form("/mi-perfil/clave")
    elsewhere = form.fill(current="x", password="siete patos en fila", again="siete patos en fila")

    assert statuses == [422] * TRIES + [429] * 2
    assert elsewhere.submit().status_code == 429
    assert len(checked) == TRIES


def test_right_passwords_are_not_counted(page):
    ana = page(ANA)

    for _ in range(TRIES + 2):
        ana.get(CONFIRM)
        assert confirm(ana).status_code == 303


def test_the_cookie_from_before_is_worth_nothing_after(app, page):
    ana = page(ANA)
    copied = cookie_of(ana)
    ana.get(CONFIRM)
    confirm(ana)

    assert is_in(ana)
    assert not is_in(with_cookie(app, copied))


def test_a_form_open_in_another_tab_stays_good(page):
    ana = page(ANA)
    ana.get("/mis-sesiones")
    other_tab = ana.form("/salir")
    ana.get(CONFIRM)
    confirm(ana)

    assert other_tab.submit().headers["Location"] == "/ingresar"


def test_anas_confirmation_says_nothing_of_claras_session(page, later):
    ana, clara = page(ANA), page(CLARA)
    with later():
        ana.get(CONFIRM)
        confirm(ana)

        assert ana.get("/guardado").status_code == 200
        assert clara.get("/guardado").status_code == 303


def test_one_session_says_nothing_of_the_same_persons_other(page, later):
    here, there = page(ANA), page(ANA)
    with later():
        here.get(CONFIRM)
        confirm(here)

        assert there.get("/guardado").status_code == 303


@pytest.mark.parametrize(
    "evil", ["//evil.example", "/\\evil.example", "https://evil.example", "/%09/x\t"]
)
def test_it_leads_to_no_other_site(page, evil):
    ana = page(ANA)
    ana.get(CONFIRM, query_string={"next": evil})
    form = ana.form(CONFIRM).fill(password=PASSWORD)
    form.values["next"] = evil

    location = form.submit().headers["Location"]

    assert location == "/"


def test_a_closed_account_confirms_nothing(page):
    ana = page(ANA)
    ana.get(CONFIRM)
    change_account(ANA, is_active=False)

    assert confirm(ana).headers["Location"].startswith("/ingresar")
