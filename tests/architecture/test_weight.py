"""Each page and fragment weighs no more than its budget, as brotli on the wire, and asks little."""

import re

import brotli
import pytest

from clinicweb.core import db
from tests.cast import ADA, ANA, ANAS_APPOINTMENT, PASSWORD
from tests.checked_client import CheckedClient
from tests.pages import make_app

KB = 1024
FIRST_PAGE = 14 * KB  # HTML and CSS of a stranger's first page: the first round trips
WITH_SCRIPTS = 40 * KB
STEP = 4 * KB
WHOLE_BOOKING = 60 * KB
REQUESTS = 20
SUFFIXES = (".css", ".js", ".svg")
RELEASE = f"/citas/{ANAS_APPOINTMENT}/liberar"

# (who, address) → at most so many bytes: the whole page, and the fragment that htmx swaps in.
BUDGETS = {
    (None, "/ingresar"): (3 * KB, 2 * KB),
    (ANA, "/"): (4 * KB, 3 * KB),
    (ADA, "/"): (3 * KB, 2 * KB),
    (ANA, "/mis-sesiones"): (3 * KB, 2 * KB),
    (ANA, "/mi-historial"): (4 * KB, 3 * KB),
    (ANA, RELEASE): (3 * KB, 2 * KB),
    (None, "/recuperar/clave"): (3 * KB, 2 * KB),
    (None, "/ayuda"): (4 * KB, 3 * KB),
    (None, "/ayuda?q=contrasena"): (4 * KB, 3 * KB),
    (None, "/ayuda/reservar"): (4 * KB, 3 * KB),
    (ANA, "/mi-perfil"): (3 * KB, 2 * KB),
    (ANA, "/mi-perfil/clave"): (3 * KB, 2 * KB),
    (ANA, "/mi-perfil/segundo-factor"): (4 * KB, 2 * KB),
    (ANA, "/mi-perfil/segundo-factor/app"): (3 * KB, 2 * KB),
}


def weight(response):
    """Bytes of the body as a browser that takes brotli would get it, and of the headers."""
    head = sum(len(f"{name}: {value}\r\n") for name, value in response.headers)
    if response.headers.get("Content-Encoding") == "br":
        return head + len(response.data)
    return head + len(brotli.compress(response.data, quality=5))


def assets_of(response):
    """The files that a page names, those too that only some pages fetch: each once."""
    html = response.get_data(as_text=True)
    return set(re.findall(r"/static/\w+/([^\"#]+)", html))


def asset_weight(app, response, *suffixes):
    found = app.extensions["clinicweb.assets"]
    return sum(len(found[n].brotli) for n in assets_of(response) if n.endswith(suffixes))


@pytest.mark.parametrize(("person", "address"), BUDGETS)
def test_a_page_and_its_fragment_keep_to_their_budgets(page, person, address):
    whole, fragment = BUDGETS[person, address]
    browser = page(person)

    assert weight(browser.get(address)) <= whole
    assert weight(browser.htmx_get(address)) <= fragment


def test_the_first_page_fits_the_first_round_trips(app, page):
    door = page().get("/ingresar")

    assert weight(door) + asset_weight(app, door, ".css") <= FIRST_PAGE
    assert weight(door) + asset_weight(app, door, *SUFFIXES) <= WITH_SCRIPTS


def test_a_captcha_leaves_the_first_page_within_them(clinic_url, tmp_path, record_property):
    """Asked for at the door, as in S1-9."""
    app = make_app(clinic_url, tmp_path, clinic="oficina-virtual")
    door = CheckedClient(app, use_cookies=True).get("/ingresar")
    db.current().dispose()

    first_page = weight(door) + asset_weight(app, door, ".css")
    with_scripts = weight(door) + asset_weight(app, door, *SUFFIXES)
    record_property("first_page_bytes", first_page)
    record_property("with_scripts_bytes", with_scripts)
    assert first_page <= FIRST_PAGE
    assert with_scripts <= WITH_SCRIPTS


def test_what_is_over_its_budget_is_found(page):
    response = page().get("/ingresar")

    assert 500 < weight(response) < len(response.data)


def test_assets_are_counted(app, page):
    door = page().get("/ingresar")

    assert asset_weight(app, door, ".js") > 10 * KB
    assert asset_weight(app, door, ".css") > 2 * KB


def steps_of_a_booking(browser):
    """Sign-in to confirmation as htmx makes it: each answer on the way, by the words pressed."""
    fragment = browser.htmx_headers()
    yield browser.get("/ingresar")
    yield browser.form("/ingresar").fill(identifier=ANA.username, password=PASSWORD).submit()
    yield browser.follow()
    yield browser.click("Reservar una nueva hora haciendo click aquí", **fragment)
    yield browser.form("Ver horas").fill(service="Medicina general").submit(**fragment)
    yield browser.form("#days").submit(**fragment)
    hours = browser.form("Continuar con la reserva")
    yield hours.fill(slot=next(iter(hours.options("slot")))).submit(**fragment)
    yield browser.form("Confirmar Reserva").submit(**fragment)


def test_a_whole_booking_keeps_to_its_budget(app, page):
    answers = list(steps_of_a_booking(page()))

    fragments = [answer for answer in answers if "HX-Request" in answer.request.headers]
    assert "reservada" in answers[-1].get_data(as_text=True)
    assert len(fragments) == 5
    assert max(map(weight, fragments)) <= STEP
    files = asset_weight(app, answers[2], *SUFFIXES)
    assert sum(map(weight, answers)) + files <= WHOLE_BOOKING
    assert len(answers) + len(assets_of(answers[2])) <= REQUESTS
