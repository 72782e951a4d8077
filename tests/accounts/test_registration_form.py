"""The form: what is wrong stands beside its field, what is right stays, secrets stay nowhere."""

import json

import pytest

from clinicweb.accounts import registration_actions
from clinicweb.accounts.models import RegistrationRequest
from clinicweb.core import clock, db
from clinicweb.core.drafts import Draft, Owner
from clinicweb.notifications.models import OutboxMessage
from tests.accounts.office import NINA, PASSWORD, RITA, link_in, requests, rows

PRESETS = ("teleconsulta", "oficina-virtual", "afiliados", "historia-clinica")
CLASH = "Ese nombre de usuario ya existe. Elija otro."


def wrong_words(browser, name):
    """What stands beside the field *name*."""
    page = browser.page
    return [text for text in browser.text().split("\n") if text] and [
        "".join(each.itertext()).strip()
        for each in page.elements("div")
        if each.get("id") == f"{name}-error"
    ]


@pytest.mark.parametrize(
    ("preset", "name", "typed", "words"),
    [
        ("teleconsulta", "document", "5.126.663-4", "el dígito verificador no calza"),
        ("teleconsulta", "email", "rita arroba", "Escriba un correo"),
        ("teleconsulta", "phone", "12", "Escriba un teléfono"),
        ("teleconsulta", "full_name", "Rita", "Escriba su nombre y su apellido"),
        ("teleconsulta", "full_name", "Entre a http://malo.example", "Escriba su nombre"),
        ("teleconsulta", "full_name", "Rita malo.example", "Escriba su nombre"),
        ("teleconsulta", "password", "123", "Al menos 8 caracteres"),
        ("teleconsulta", "again", "otra cosa larga", "No es igual a la de arriba"),
        ("teleconsulta", "terms", False, "hay que aceptar los términos"),
        ("oficina-virtual", "birth_date", "2999-01-01", "Revise la fecha de nacimiento"),
        ("historia-clinica", "password", "sin mayuscula 9", "Una letra mayúscula"),
        ("historia-clinica", "username", "a@b.example", "Use de 3 a 60 letras"),
        ("afiliados", "card_serial", "", "Escriba este dato"),
    ],
)
def test_what_is_wrong_is_told_beside_it_and_all_else_stays(office, preset, name, typed, words):
    portal = office(preset)
    browser = portal.begin(portal.visitor())
    form = portal.fill(browser, **{name: typed})

    answer = form.submit_anyway()

    assert answer.status_code == 422
    assert words in wrong_words(browser, name)[0]
    kept = browser.form(form.element.get("action")).values
    plain = [each for each in form.names() if each not in ("csrf_token", "password", "again")]
    assert {each: kept.get(each) for each in plain} == {
        each: form.values.get(each) for each in plain
    }
    assert not kept.get("password")
    assert PASSWORD not in answer.get_data(as_text=True)
    assert requests() == []


def test_a_document_is_validated_before_anything_else_is_asked(office):
    """S1-3."""
    portal = office("oficina-virtual")
    browser = portal.visitor()
    browser.get("/crear-cuenta/")
    start = browser.follow()

    datos = browser.get(start.request.path.replace("validar", "datos"))
    assert datos.headers["Location"].endswith("/validar")
    browser.get(start.request.path)
    answer = browser.form("Validar").fill(document="???").submit()

    assert answer.status_code == 422
    assert "Revise el número" in browser.text()


def test_a_user_name_that_is_taken_is_told_and_the_rest_stays(office):
    """S4-9."""
    portal = office("historia-clinica")
    portal.register(portal.visitor())
    portal.work()
    owner = portal.visitor()
    owner.get(link_in(portal.mails[0]))
    owner.form("Activar mi cuenta").submit()

    browser = portal.begin(portal.visitor())
    answer = portal.fill(browser, username="RITA", email=NINA).submit()

    assert answer.status_code == 422
    assert wrong_words(browser, "username") == [CLASH]
    assert browser.form("Aceptar").values["email"] == NINA
    browser.form("Aceptar").fill(username="nina", password=PASSWORD, again=PASSWORD).submit()
    assert browser.last.status_code == 303


def test_a_password_is_kept_as_a_hash_alone(office):
    portal = office("oficina-virtual")
    browser = portal.visitor()

    portal.register(browser)
    portal.work()

    [request] = requests()
    assert request.password_hash.startswith("$argon2id$")
    with db.reading() as session:
        kept = [json.dumps([draft.answers, draft.result]) for draft in session.query(Draft)] + [
            json.dumps(mail.context) for mail in session.query(OutboxMessage)
        ]
    assert [text for text in (*kept, json.dumps(request.typed)) if PASSWORD in text] == []


def test_what_was_typed_is_forgotten_when_there_is_no_account_to_open(office):
    portal = office("oficina-virtual")

    portal.register(portal.visitor(), email=NINA)
    portal.work()

    [request] = requests()
    assert (request.typed, request.password_hash) == (None, None)


def test_what_was_typed_is_forgotten_when_the_account_is_open(office):
    portal = office("historia-clinica")
    portal.register(portal.visitor())
    portal.work()
    browser = portal.visitor()

    browser.get(link_in(portal.mails[0]))
    browser.form("Activar mi cuenta").submit()

    [request] = requests()
    assert (request.typed, request.password_hash) == (None, None)


@pytest.mark.parametrize(("hours", "is_kept"), [(95, 1), (97, 0)])
def test_what_nobody_finished_goes_two_days_after_its_link(office, hours, is_kept):
    portal = office("oficina-virtual")
    portal.register(portal.visitor())
    rules = portal.app.extensions["clinicweb.rules"]

    with clock.frozen(clock.now() + clock.timedelta(hours=hours)):
        registration_actions.purge(rules)

    assert rows(RegistrationRequest) == is_kept


def test_a_draft_belongs_to_its_browser(office):
    portal = office("oficina-virtual")
    mine, other = portal.begin(portal.visitor()), portal.visitor()

    answer = other.get(mine.url)

    assert answer.headers["Location"].endswith("/validar")
    other.follow()
    assert other.form("Validar").values.get("document", "") == ""
    mine.get(mine.url.replace("datos", "validar"))
    assert mine.form("Validar").values["document"] == "1020304050"


def test_pressing_twice_registers_once(office):
    portal = office("teleconsulta")
    browser = portal.begin(portal.visitor())
    form = portal.fill(browser)

    places = [form.submit().headers["Location"] for _ in range(2)]

    assert places[0] == places[1]
    assert rows(RegistrationRequest) == 1


@pytest.mark.parametrize("any_office_url", ["sqlite", "postgres"], indirect=True)
def test_pressing_at_the_same_time_registers_once(office, crowded):
    portal = office("historia-clinica")
    rules = portal.app.extensions["clinicweb.rules"]
    command = registration_actions.Register(
        draft_id="a" * 22, owner=Owner(nonce="n"), typed={"email": RITA}, password=None,
        language="es", address="127.0.0.1",
    )  # fmt: skip

    failures = crowded(8, lambda _: registration_actions.register(rules, command))

    assert failures == []
    assert rows(RegistrationRequest) == 1


def test_one_line_to_the_internet_registers_so_often_an_hour_and_keeps_what_was_typed(office):
    portal = office("afiliados")
    for number in range(20):  # each another's card: the tries of one are counted besides
        portal.register(portal.visitor(), affiliation_number=f"AF{number:03}")
    browser = portal.begin(portal.visitor())

    answer = portal.fill(browser).submit()

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 3000
    assert "Demasiados intentos" in browser.text()
    assert browser.form("Registrarse").values["card_serial"] == "s77"
