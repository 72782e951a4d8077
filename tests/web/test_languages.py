"""Which language a reader gets, and that all of a page speaks it."""

import pytest

from tests.cast import ANA

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}


def spoken(browser):
    """The language that the page declares."""
    return next(iter(browser.page.elements("html"))).get("lang")


@pytest.mark.parametrize(
    ("accepted", "language", "words"),
    [
        ("en-GB,en;q=0.9", "en", "Sign in"),
        ("es-CL,es;q=0.9,en;q=0.1", "es", "Iniciar sesión"),
        ("de", "es", "Iniciar sesión"),
    ],
)
def test_the_browser_decides_as_long_as_nothing_is_chosen(page, accepted, language, words):
    browser = page()

    browser.get("/ingresar", headers={"Accept-Language": accepted})

    assert spoken(browser) == language
    assert words in browser.text()


def test_what_a_person_chose_counts_more_than_the_browser(page):
    browser = page()
    browser.get("/ingresar", headers=ENGLISH)

    browser.form("/idioma").submit("Español")
    browser.get("/ingresar", headers=ENGLISH)

    assert spoken(browser) == "es"


def test_the_words_of_the_clinic_are_english_too(page):
    browser = page(ANA)

    browser.get("/", headers=ENGLISH)
    assert "Book a new appointment by clicking here" in browser.text()
    assert "In an emergency, call 131" in browser.text()
    browser.click("Book a new appointment by clicking here", **ENGLISH)
    browser.follow(**ENGLISH)
    assert "Specialty" in browser.text()
    assert "Health professional" in browser.text()


def test_mistakes_are_told_in_english(page):
    browser = page()

    browser.get("/ingresar", headers=ENGLISH)
    browser.form("/ingresar").fill(identifier="nobody", password="wrong").submit(**ENGLISH)

    assert "The user name or the password is not correct." in browser.text()
