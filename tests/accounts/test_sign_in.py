"""Coming in by RUT or user name (S0-12, S0-18), and learning nothing at the door."""

import pytest

from clinicweb.accounts import actions, names, passwords, sign_in_actions
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core.errors import NotAllowed
from clinicweb.core.viewer import SystemActor
from tests.accounts.door import change_account, knock, typed, without_secrets
from tests.cast import ANA, DORA, PASSWORD

REFUSED = "El usuario o la contraseña no son correctos."


@pytest.mark.parametrize(
    "as_typed",
    [
        "10.000.013-K",
        "10.000.013-k",
        "10000013-K",
        "10000013k",
        " 10 000 013 - k ",
        "10.000.013 K",
        "10,000,013-K",
        "010000013-k",
        "10000013\u2013k",
        "CL10000013K",
    ],
)
def test_a_rut_signs_in_however_it_is_punctuated(page, ruts, as_typed):
    browser = page()

    answer = knock(browser, as_typed)

    assert answer.status_code == 303
    assert browser.follow().status_code == 200
    assert "Ana" in browser.text()


@pytest.mark.parametrize("as_typed", ["ana", "ANA", "Ana", "  aNa "])
def test_a_user_name_signs_in_in_any_case(page, as_typed):
    assert knock(page(), as_typed).status_code == 303


def test_a_password_counts_letter_by_letter(page):
    assert knock(page(), "ana", PASSWORD.upper()).status_code == 422


def test_a_password_is_the_same_from_any_keyboard(page, app):
    change_account(ANA, password_hash=passwords.hash_password("contrase\u00f1a de Núñez"))

    answer = knock(page(), "ana", "contrasen\u0303a de Nu\u0301n\u0303ez")

    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("known", "nobody"), [("ana", "nadie"), ("10.000.013-K", "5.126.663-3")], ids=["name", "rut"]
)
def test_nobody_can_tell_who_has_an_account(page, ruts, known, nobody):
    refusals = {}

    for who, name, password in [
        ("wrong password", known, "no es la clave"),
        ("unknown", nobody, PASSWORD),
        ("closed", "dora" if known == "ana" else ruts["dora"], PASSWORD),
    ]:
        browser = page()
        answer = knock(browser, name, password)
        body = without_secrets(answer.get_data(as_text=True))
        refusals[who] = (answer.status, body, sorted(answer.headers.keys()), browser.last_queries)

    assert refusals["unknown"] == refusals["wrong password"]
    assert refusals["closed"] == refusals["wrong password"]
    assert REFUSED in refusals["unknown"][1]
    assert refusals["unknown"][0] == "422 UNPROCESSABLE ENTITY"


def test_everybody_costs_one_check_of_a_password(page, monkeypatch):
    checked = []
    monkeypatch.setattr(passwords, "is_right", lambda *asked: bool(checked.append(asked)))

    for name in ("ana", "nadie", "dora", "5.126.663-3"):
        knock(page(), name)

    assert len(checked) == 4


def test_what_was_typed_stays_but_never_the_password(page):
    browser = page()

    knock(browser, "12.345.678-5", "una clave secreta")

    assert typed(browser, "identifier") == "12.345.678-5"
    assert typed(browser, "password") == ""
    assert "una clave secreta" not in browser.last.get_data(as_text=True)


@pytest.mark.parametrize("blank", ["", "   "])
def test_an_empty_name_is_told_beside_its_field(page, blank):
    browser = page()
    browser.get("/ingresar")
    form = browser.form("/ingresar").fill(password="x")
    form.values["identifier"] = blank
    form.element.set("novalidate", "")

    answer = form.submit()

    assert answer.status_code == 422
    assert "Escriba su RUT o su nombre de usuario." in browser.text()
    assert REFUSED not in browser.text()


def test_a_closed_account_that_is_opened_again_signs_in(page, app):
    refused = knock(page(), "dora").status_code
    change_account(DORA, is_active=True)

    assert (refused, knock(page(), "dora").status_code) == (422, 303)


def test_a_rut_that_is_also_somebodys_user_name_belongs_to_its_owner(page, app, ruts):
    actions.create_account(
        SystemActor("test"),
        actions.CreateAccount(
            password="otra clave larga", roles=("admin",), username="10000013-K", name="Impostora"
        ),
    )
    browser = page()

    knock(browser, "10000013-K")
    browser.follow()

    assert "Ana" in browser.text()


def test_a_password_changed_while_it_was_checked_opens_nothing(page, app, monkeypatch):
    def slowly(*_asked):
        change_account(ANA, password_hash=passwords.hash_password("nueva"), credential_version=2)
        return True

    monkeypatch.setattr(passwords, "is_right", slowly)
    browser = page()
    knock(browser, "ana")

    assert browser.get("/").status_code == 303
    assert browser.last.headers["Location"].startswith("/ingresar")


def test_an_account_closed_while_its_password_was_checked_opens_nothing(page, app, monkeypatch):
    def slowly(*_asked):
        change_account(ANA, is_active=False)
        return True

    monkeypatch.setattr(passwords, "is_right", slowly)
    browser = page()
    knock(browser, "ana")

    assert browser.get("/").status_code == 303


def test_of_two_kinds_of_document_the_first_of_the_clinic_counts(app, ruts):
    attempt = sign_in_actions.Attempt("10000013-K", "wrong", "127.0.0.1", "")
    rules = SignIn(document_types=("rut", "passport"))

    with pytest.raises(NotAllowed):
        sign_in_actions.sign_in(rules, attempt)

    candidates = names.candidates("10000013-K", rules)
    assert [value for _kind, value in candidates] == ["10000013-K", "10000013K", "10000013-k"]
