"""«Verificación en dos pasos»: what its pages show, and what they never show."""

import re

import pyotp
import pytest
import segno

from clinicweb.accounts.ceremonies import party_of
from tests.accounts.strong import code_at
from tests.accounts.strong_doors import shown
from tests.cast import ANA, CLARA

PAGE = "/mi-perfil/segundo-factor"
CLINIC = "Clínica Los Aromos"


def begin(browser):
    """To the page with the QR code.  Returns the secret, as somebody types it into an app."""
    browser.get(f"{PAGE}/app")
    browser.form("Ya la tengo: mostrar el código").submit()
    browser.follow()
    return "".join(shown(browser, "secret").split())


def drawn(browser):
    """The path of the QR code."""
    [picture] = [part for part in browser.page.elements() if part.get("class") == "qr"]
    assert not any(part.get("style") for part in picture.iter())
    return list(picture)[-1].get("d")


def path_of(text):
    svg = segno.make(text, error="m", micro=False).svg_inline(border=4)
    return re.search(r' d="([^"]+)"', svg)[1]


def test_the_picture_says_whose_account_it_is_at_which_clinic(page):
    browser = page(ANA)
    secret = begin(browser)

    wanted = pyotp.TOTP(secret).provisioning_uri(name="Ana", issuer_name=CLINIC)

    assert len(secret) == 32
    assert wanted.startswith("otpauth://totp/Cl%C3%ADnica%20Los%20Aromos:Ana?secret=")
    assert drawn(browser) == path_of(wanted)


def test_reloading_shows_the_same_secret_and_beginning_again_another(page):
    browser = page(ANA)
    secret = begin(browser)

    browser.get(f"{PAGE}/app")
    assert "".join(shown(browser, "secret").split()) == secret
    browser.get(PAGE)
    assert secret[:4] not in browser.text()


def test_once_confirmed_it_is_never_shown_again(page):
    browser = page(ANA)
    secret = begin(browser)
    browser.form("Activar").fill(code=code_at(secret)).submit()
    browser.follow()

    for place in ("", "/app", "/app/quitar", "/codigos"):
        answer = browser.get(PAGE + place)
        assert answer.status_code == 200
        assert secret[:4] not in browser.text()
        assert secret not in answer.get_data(as_text=True)


def test_a_code_that_is_refused_is_not_written_into_the_page(page):
    browser = page(ANA)
    begin(browser)

    answer = browser.form("Activar").fill(code="000000").submit()

    assert answer.status_code == 422
    assert "000000" not in answer.get_data(as_text=True)
    assert "El código no es correcto" in browser.text()


def test_recovery_codes_wait_for_something_to_recover(page):
    browser = page(CLARA)

    assert browser.get(f"{PAGE}/codigos").headers["Location"] == PAGE
    browser.get(PAGE)
    assert "Los podrá hacer cuando active" in browser.text()


def test_who_has_no_codes_is_warned(page):
    browser = page(ANA)
    secret = begin(browser)
    browser.form("Activar").fill(code=code_at(secret)).submit()
    assert browser.last.headers["Location"] == f"{PAGE}/codigos"

    browser.get(PAGE)
    warned = "No tiene códigos de recuperación" in browser.text()
    browser.get(f"{PAGE}/codigos")
    browser.form("Hacer mis códigos").submit()
    browser.get(PAGE)

    assert warned
    assert "No tiene códigos de recuperación" not in browser.text()
    assert "Le quedan 10 de 10." in browser.text()


def test_pages_about_an_app_that_is_not_there_lead_back(page):
    browser = page(ANA)

    assert browser.get(f"{PAGE}/app/quitar").headers["Location"] == PAGE
    browser.get(PAGE)
    assert "Activada el" not in browser.text()


@pytest.mark.parametrize(
    ("address", "host", "origin"),
    [
        ("https://portal.clinica.example", "portal.clinica.example", None),
        ("https://Portal.Clinica.example:443", "portal.clinica.example",
         "https://portal.clinica.example"),
        ("https://portal.clinica.example:8443", "portal.clinica.example", None),
        ("http://localhost:8000", "localhost", None),
    ],
)  # fmt: skip
def test_a_portal_with_a_name_may_have_passkeys(address, host, origin):
    party = party_of(address, CLINIC)

    assert party is not None
    assert (party.host, party.origin) == (host, origin or address)


@pytest.mark.parametrize(
    "address", ["", "http://portal.example", "http://127.0.0.1:8000", "https://10.0.0.1",
                "https://[2001:db8::1]"]
)  # fmt: skip
def test_one_that_browsers_give_no_passkeys_has_none(address):
    assert party_of(address, CLINIC) is None


def test_nor_does_it_offer_any(page):
    browser = page(ANA)
    browser.get(PAGE)

    assert "Llaves de acceso" not in browser.text()
    assert browser.get(f"{PAGE}/llave").status_code == 404
