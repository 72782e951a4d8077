"""What a password must be like: strict as the manual has it (S4-10), or modern."""

import unicodedata

import pytest

from clinicweb.accounts import policy
from clinicweb.accounts.password_rules import password_rules, problems_of
from clinicweb.accounts.policy import PasswordRules, asked_of_passwords, password_problems
from clinicweb.clinic.rules import Passwords
from clinicweb.core import db
from tests.accounts.helped import choose, clinic_file, link_for
from tests.checked_client import CheckedClient
from tests.pages import make_app

STRICT = PasswordRules(shortest=8, is_strict=True, common=frozenset())
MODERN = PasswordRules(shortest=8, is_strict=False, common=frozenset({"contraseña"}))
REVIEW = "/clave/revisar"
LIST = "ul#password-rules"


@pytest.mark.parametrize(
    ("password", "lacks"),
    [
        ("Aa345678", ()),
        ("Aa34567", (policy.TOO_SHORT,)),
        ("aa345678", (policy.NO_UPPER,)),
        ("AA345678", (policy.NO_LOWER,)),
        ("Aabcdefg", (policy.NO_DIGIT,)),
        ("Ñandú 12", ()),
        ("", (policy.TOO_SHORT, policy.NO_UPPER, policy.NO_LOWER, policy.NO_DIGIT)),
        ("Aa1" + "x" * 197, ()),
        ("Aa1" + "x" * 198, (policy.TOO_LONG,)),
    ],
)
def test_a_strict_clinic_asks_for_a_capital_a_small_letter_and_a_digit(password, lacks):
    """S4-10."""
    assert password_problems(STRICT, password) == lacks


@pytest.mark.parametrize(
    ("password", "lacks"),
    [
        ("siete patos", ()),
        ("aaaaaaaa", ()),
        ("siete p", (policy.TOO_SHORT,)),
        ("Contraseña", (policy.TOO_COMMON,)),
        ("x" * 201, (policy.TOO_LONG,)),
    ],
)
def test_a_modern_clinic_asks_for_length_and_none_of_the_common_ones(password, lacks):
    assert password_problems(MODERN, password) == lacks


def test_all_that_is_asked_is_told_beforehand():
    assert asked_of_passwords(STRICT) == password_problems(STRICT, "")
    assert set(password_problems(MODERN, "")) < set(asked_of_passwords(MODERN))


@pytest.mark.parametrize("common", ["password", "PASSWORD1", "12345678", "Contraseña123"])
def test_the_common_ones_are_known_in_both_languages(common):
    assert problems_of(password_rules(Passwords()), common) == ["Ser distinta de las más usadas"]


def test_a_common_password_is_one_from_any_keyboard():
    typed = unicodedata.normalize("NFD", "contraseña123")

    assert problems_of(password_rules(Passwords()), typed)


@pytest.fixture
def strict(clinic_url, tmp_path):
    section = '[passwords]\npolicy = "strict"\nshortest = 10\n'
    yield make_app(clinic_url, tmp_path, clinic=clinic_file(tmp_path, section))
    db.current().dispose()


def visitor(app):
    return CheckedClient(app, use_cookies=True)


def test_the_rules_are_read_before_anything_is_typed(strict):
    browser, link = visitor(strict), link_for(strict, visitor(strict))

    browser.get(link)

    rules = ["Al menos 10 caracteres", "Una letra mayúscula", "Una letra minúscula", "Un número"]
    for rule in rules:
        assert rule in browser.text()
        assert f"{rule}: listo" not in browser.text()


def test_all_that_is_wrong_is_told_at_once_and_uses_no_link_up(strict):
    browser, link = visitor(strict), link_for(strict, visitor(strict))
    browser.get(link)

    refused = browser.form(link).fill(password="corta", again="otra").submit()

    assert refused.status_code == 422
    for words in ("Al menos 10 caracteres", "Una letra mayúscula", "No es igual a la de arriba."):
        assert words in browser.text()
    assert browser.form(link).values["password"] == ""
    assert "corta" not in refused.get_data(as_text=True)
    assert choose(browser, link, "Segura y larga 1").status_code == 303


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"password": "", "again": ""}, "Escriba la contraseña nueva."),
        ({"password": "Segura y larga 1", "again": ""}, "Escriba otra vez la contraseña nueva."),
        ({"password": "x" * 201, "again": "x" * 201}, "A lo más 200 caracteres"),
    ],
)
def test_what_is_missing_is_told_beside_its_field(strict, typed, words):
    browser, link = visitor(strict), link_for(strict, visitor(strict))
    browser.get(link)
    form = browser.form(link)
    for name, value in typed.items():
        form.values[name] = value

    answer = form.submit_anyway()

    assert answer.status_code == 422
    assert words in browser.text()


def test_the_same_password_from_two_keyboards_is_the_same(app, page):
    link, browser = link_for(app, page()), page()
    browser.get(link)
    twice = {"password": "la señal azul", "again": unicodedata.normalize("NFD", "la señal azul")}

    assert browser.form(link).fill(twice).submit().status_code == 303


def review(browser, typed, target=LIST):
    browser.get("/ingresar")
    form = browser.form("/ingresar")
    headers = browser.htmx_headers(target) | {"Origin": browser.origin}
    data = {"csrf_token": form.values["csrf_token"], "password": typed}
    return browser.post(REVIEW, data=data, headers=headers)


def test_rules_are_ticked_off_while_one_types(strict):
    body = review(visitor(strict), "Segura")
    ticked = [line for line in body.get_data(as_text=True).splitlines() if ": listo" in line]

    assert body.status_code == 200
    assert [("mayúscula" in line, "minúscula" in line) for line in ticked] == [
        (True, False),
        (False, True),
    ]
    assert "Segura" not in body.get_data(as_text=True)


def test_the_list_is_for_its_place_alone(page):
    browser = page()

    assert review(browser, "x", target="main#main").status_code == 204
    assert browser.get(REVIEW).status_code == 405  # a password is never in an address


def test_a_review_asks_the_database_nothing(page):
    browser = page()

    review(browser, "siete patos")

    assert browser.last_queries == []
