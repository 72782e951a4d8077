"""What goes wrong is told in plain Spanish, as page and as fragment, and tells nothing else."""

import logging
import re

import pytest

from clinicweb.clinic.rules import load_rules
from clinicweb.core import errors
from clinicweb.web.guards import public, signed_in
from tests.cast import ANA

SECRET = "postgresql://user:secreto@db.internal/clinic"


@pytest.fixture(params=[False, True], ids=["page", "fragment"])
def headers(request, page):
    return page().htmx_headers() if request.param else {}


@pytest.fixture
def failing(app, page, monkeypatch):
    """``failing(error)``: Ana's browser; her list of sessions raises *error*."""

    def arrange(error, guard=signed_in):
        def view():
            raise error

        monkeypatch.setitem(app.view_functions, "accounts.sessions", guard(view))
        browser = page(ANA) if guard is signed_in else page()
        monkeypatch.setattr(browser, "may_fail", True)
        return browser

    return arrange


def test_a_page_that_is_not_there(page, headers):
    browser = page()

    answer = browser.get("/no-hay", headers=headers)

    assert answer.status_code == 404
    assert "No encontramos esta página" in browser.text()
    assert "Volver al inicio" in browser.text()


def test_who_asks_for_a_page_that_is_not_there_stays_signed_in(page):
    browser = page(ANA)

    browser.get("/no-hay")

    assert "Cerrar sesión" in browser.text()


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/salir", "OPTIONS, POST"), ("PUT", "/ingresar", "GET, HEAD, OPTIONS, POST")],
)
def test_a_method_that_is_not_there_names_those_that_are(page, headers, method, path, allowed):
    answer = page().open(path, method=method, headers=headers)

    assert answer.status_code in (400, 405)
    if answer.status_code == 405:
        assert ", ".join(sorted(answer.headers["Allow"].split(", "))) == allowed


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=-"]
)
def test_what_is_too_large_is_not_read(page, headers, kind):
    browser = page()

    sent = b"identifier=" + b"x" * 2_000_000
    answer = browser.post("/ingresar", data=sent, content_type=kind, headers=headers)

    assert answer.status_code == 413
    assert "Lo enviado es demasiado grande" in browser.text()


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (errors.NotFound(), 404, "No encontramos esta página"),
        (errors.InvalidInput({"day": [SECRET]}), 422, "No pudimos entender la solicitud"),
        (errors.TooManyAttempts(90), 429, "Demasiados intentos"),
        (errors.Unavailable(SECRET), 503, "El portal no responde en este momento"),
        (RuntimeError(SECRET), 500, "Algo falló de nuestro lado"),
        (KeyError(SECRET), 500, "Algo falló de nuestro lado"),
    ],
)
def test_each_thing_that_goes_wrong_has_its_status_and_words(
    failing, headers, error, status, words
):
    browser = failing(error)

    answer = browser.get("/mis-sesiones", headers=headers)

    assert answer.status_code == status
    assert words in browser.text()
    assert "secreto" not in answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("error", "seconds"), [(errors.TooManyAttempts(90), "90"), (errors.Unavailable(), "10")]
)
def test_who_must_wait_is_told_how_long(failing, headers, error, seconds):
    answer = failing(error).get("/mis-sesiones", headers=headers)

    assert answer.headers["Retry-After"] == seconds


def test_a_crash_has_a_reference_that_finds_it_in_the_log(failing, headers, caplog):
    browser = failing(RuntimeError(SECRET))

    with caplog.at_level(logging.ERROR):
        browser.get("/mis-sesiones", headers=headers)

    reference = re.search(r"Referencia: ([0-9a-f]{8})", browser.text())[1]
    [record] = [each for each in caplog.records if reference in each.getMessage()]
    assert SECRET in record.exc_text or SECRET in str(record.exc_info[1])


def test_a_crash_does_not_sign_anybody_out(failing):
    browser = failing(RuntimeError())

    browser.get("/mis-sesiones")

    assert "Cerrar sesión" in browser.text()
    assert browser.get("/").status_code == 200


def test_a_crash_before_anybody_is_known_is_told_as_well(failing):
    browser = failing(RuntimeError(), public)

    assert browser.get("/mis-sesiones").status_code == 500
    assert "Algo falló de nuestro lado" in browser.text()


def test_an_htmx_error_is_a_fragment_and_a_plain_one_a_page(page):
    browser = page()

    fragment = browser.htmx_get("/no-hay").get_data(as_text=True)
    whole = browser.get("/no-hay").get_data(as_text=True)

    assert fragment.lstrip().startswith("<title>")
    assert whole.lstrip().startswith("<!doctype html>")


def test_the_clinics_telephone_stands_on_every_error_page(page):
    browser = page()

    browser.get("/no-hay")

    assert load_rules("teleconsulta").identity.phone in browser.text()
