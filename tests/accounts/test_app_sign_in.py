"""Coming in by an app or a recovery code; and who helps those who lost them."""

import re
from datetime import timedelta

import pytest

from clinicweb.accounts.own_factor_actions import reset_factors
from clinicweb.accounts.recovery_code_actions import make_codes
from clinicweb.accounts.sign_in_requests import MOST_ATTEMPTS
from clinicweb.clinic.installed import current_rules
from clinicweb.core import clock, db
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import COMMAND_LINE
from tests.accounts import helped
from tests.accounts.door import change_account, is_in, knock
from tests.accounts.strong import code_at, set_up_app, viewer_of
from tests.accounts.strong_doors import BASE, by_other_means, enter, show, shown
from tests.cast import ANA, DIAZ
from tests.checked_client import CheckedClient
from tests.pages import make_app, sign_in


@pytest.fixture
def app(any_clinic_url, tmp_path):
    yield make_app(any_clinic_url, tmp_path, base_url=BASE)
    db.current().dispose()


@pytest.fixture
def ana(app):
    return viewer_of(app, ANA)


@pytest.fixture
def visitor(app):
    return lambda: CheckedClient(app, use_cookies=True)


@pytest.fixture
def page(app):
    return lambda person: sign_in(app, person)


def test_the_app_is_asked_for_though_the_clinic_asks_for_nothing(app, ana, visitor):
    secret, browser = set_up_app(app, ana), visitor()

    assert knock(browser, "ana").headers["Location"].endswith("/codigo")
    assert not is_in(browser)
    assert show(browser, code_at(secret)).status_code == 303

    assert is_in(browser)


def test_it_is_not_asked_for_again_in_a_browser_that_showed_it(app, ana, visitor):
    secret, browser = set_up_app(app, ana), visitor()
    show(browser, code_at(secret))
    browser.get("/mis-sesiones")
    browser.form("/salir").submit()

    assert knock(browser, "ana").headers["Location"] == "/"
    assert "/ingresar/segundo/" in knock(visitor(), "ana").headers["Location"]


@pytest.mark.parametrize("person", [ANA, DIAZ])
def test_where_it_is_asked_always_it_is_asked_again(any_clinic_url, tmp_path, person):
    app = make_app(any_clinic_url, tmp_path, base_url=BASE, clinic="oficina-virtual")
    secret, browser = set_up_app(app, viewer_of(app, person)), CheckedClient(app)
    show(browser, code_at(secret), person)
    assert is_in(browser)

    assert "/ingresar/segundo/" in knock(visitor_of(app), person.username).headers["Location"]
    db.current().dispose()


def visitor_of(app):
    return CheckedClient(app, use_cookies=True)


def test_a_code_opens_one_door_once(app, ana, visitor):
    secret = set_up_app(app, ana)
    code, first, second = code_at(secret), visitor(), visitor()

    assert show(first, code).status_code == 303
    refused = show(second, code)

    assert refused.status_code == 422
    assert code not in refused.get_data(as_text=True)
    assert not is_in(second)


def test_guesses_end_after_five(app, ana, visitor):
    secret, browser = set_up_app(app, ana), visitor()
    knock(browser, "ana")
    browser.follow()

    answers = [enter(browser, "000000").status_code for _ in range(MOST_ATTEMPTS)]
    last = enter(browser, code_at(secret))

    assert answers == [422] * MOST_ATTEMPTS
    assert last.status_code in (303, 409)
    assert not is_in(browser)


def test_nothing_is_sent_to_who_set_up_an_app(app, ana, visitor):
    """Whoever reads Ana's mail must not come in by it alone."""
    set_up_app(app, ana)
    make_codes(current_rules(app), ana)
    browser = visitor()
    knock(browser, "ana")
    browser.follow()
    browser.click("Usar otro medio")

    assert "Correo electrónico" not in browser.text()
    assert browser.form("Continuar").options("kind").keys() == {"totp", "recovery"}


def test_a_new_password_by_mail_does_not_open_the_door(app, ana, visitor):
    secret, browser = set_up_app(app, ana), visitor()
    helped.choose(browser, helped.link_for(app, browser))

    answer = knock(browser, "ana", helped.NEW)

    assert "/ingresar/segundo/" in answer.headers["Location"]
    browser.follow()
    enter(browser, code_at(secret))
    assert is_in(browser)
    assert not is_in(visitor())


def test_a_recovery_code_opens_the_door_once(app, ana, visitor):
    set_up_app(app, ana)
    code, *_ = make_codes(current_rules(app), ana)
    first, second = visitor(), visitor()

    for browser in (first, second):
        knock(browser, "ana")
        browser.follow()
        by_other_means(browser, "recovery")
        enter(browser, code.upper())

    assert (is_in(first), is_in(second)) == (True, False)
    assert "Se usó uno de sus códigos" in helped.text_of(helped.mails(app)[-1])


def test_staff_without_any_means_comes_in_only_to_set_one_up(app, visitor):
    change_account(DIAZ, email=None)
    browser = visitor()
    knock(browser, "diaz")

    assert browser.get("/").headers["Location"] == "/mi-perfil/segundo-factor"
    browser.follow()
    assert "Active una de estas formas para seguir" in browser.text()
    browser.get("/mi-perfil/segundo-factor/app")
    browser.form("Ya la tengo: mostrar el código").submit()
    browser.follow()
    secret = shown(browser, "secret").replace(" ", "")
    browser.form("Activar").fill(code=code_at(secret)).submit()

    assert browser.get("/").status_code == 200


def test_the_last_factor_that_the_clinic_demands_cannot_be_taken_away(app, visitor):
    diaz = viewer_of(app, DIAZ)
    change_account(DIAZ, email=None)
    secret, browser = set_up_app(app, diaz), visitor()
    show(browser, code_at(secret), DIAZ)
    browser.get("/mi-perfil/segundo-factor/app/quitar")

    assert browser.form("Quitar la aplicación").submit().status_code == 303
    browser.follow()

    assert "Agregue primero otra forma" in browser.text()
    assert "Activada el" in browser.text()


def test_what_a_person_chose_themselves_they_may_take_away(app, ana, visitor):
    secret, browser = set_up_app(app, ana), visitor()
    show(browser, code_at(secret))
    browser.get("/mi-perfil/segundo-factor/app/quitar")
    browser.form("Quitar la aplicación").submit()

    assert knock(visitor(), "ana").headers["Location"] == "/"


def test_the_clinic_helps_who_lost_all(app, ana, visitor):
    secret, browser = set_up_app(app, ana), visitor()
    codes = make_codes(current_rules(app), ana)
    show(browser, code_at(secret))

    name = reset_factors(current_rules(app), COMMAND_LINE, "ana")

    assert name == "Ana"
    assert not is_in(browser)
    assert knock(visitor(), "ana").headers["Location"] == "/"
    assert "La clínica quitó" in helped.text_of(helped.mails(app)[-1])
    assert codes
    with pytest.raises(NotFound):
        reset_factors(current_rules(app), COMMAND_LINE, "nadie")


def test_changes_are_made_only_by_who_showed_a_short_while_ago_who_they_are(app, page):
    browser = page(ANA)
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        answers = [
            browser.get(f"/mi-perfil/segundo-factor/{place}").headers["Location"]
            for place in ("app", "app/quitar", "codigos", "llave")
        ]

        assert all(address.startswith("/mi-perfil/confirmar?next=") for address in answers)
        assert browser.get("/mi-perfil/segundo-factor").status_code == 200


def test_recovery_codes_are_shown_once(app, ana, page):
    browser = page(ANA)
    set_up_app(app, ana)
    browser.get("/mi-perfil/segundo-factor/codigos")
    browser.form("Hacer mis códigos").submit()
    codes = re.findall(r"(?:\w{4}-){2}\w{4}", shown(browser, "codes"))
    browser.get("/mi-perfil/segundo-factor/codigos")

    assert len(codes) == 10
    assert not any(code in browser.text() for code in codes)
    assert "Le quedan 10 de 10." in browser.text()
