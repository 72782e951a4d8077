"""The reader's language: Spanish, the browser's, or the one chosen, kept from page to page."""

import pytest

from tests.cast import ANA, PASSWORD


def language(browser):
    return next(iter(browser.page.elements("html"))).get("lang")


def choose(browser, words):
    here = browser.origin + browser.url
    return browser.form("/idioma").submit(words, Referer=here)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (None, "es"),
        ("es-CL,es;q=0.9,en;q=0.8", "es"),
        ("en-US,en;q=0.9", "en"),
        ("en;q=0.5,es;q=0.9", "es"),
        ("de-DE,de;q=0.9", "es"),
        ("de,en;q=0.5", "en"),
        ("pt-BR,pt;q=0.9,es;q=0.5", "es"),
        ("*", "es"),
        ("en;q=0", "es"),
        (";;;q=x, -", "es"),
    ],
)
def test_a_stranger_reads_the_browsers_language_else_spanish(page, asked, given):
    browser = page()

    browser.get("/ingresar", headers={"Accept-Language": asked} if asked else {})

    assert language(browser) == given


def test_the_button_switches_to_english_and_back(page):
    browser = page()
    browser.get("/ingresar")

    choose(browser, "English")
    browser.follow()
    english = language(browser)
    choose(browser, "Español")
    browser.follow()

    assert (english, language(browser)) == ("en", "es")


@pytest.mark.parametrize("address", ["/mis-sesiones", "/?a=1&b=x", "/ingresar?next=/x"])
def test_the_button_stays_on_the_page(page, address):
    browser = page() if address.startswith("/ingresar") else page(ANA)
    browser.get(address)

    assert choose(browser, "English").headers["Location"] == address


def test_the_button_stays_on_the_step_of_a_flow(page):
    browser = page(ANA)
    browser.get("/reservar/")
    browser.follow()
    step = browser.url

    answer = choose(browser, "English")

    assert answer.headers["Location"] == step


def test_a_choice_is_kept_across_signing_in_and_out_against_the_browsers_wish(page):
    browser = page()
    browser.get("/ingresar")
    choose(browser, "English")
    spanish = {"Accept-Language": "es"}

    browser.get("/ingresar", headers=spanish)
    browser.form("/ingresar").fill(identifier="ana", password=PASSWORD).submit()
    browser.get("/", headers=spanish)
    signed_in = language(browser)
    browser.form("/salir").submit()
    browser.get("/ingresar", headers=spanish)

    assert (signed_in, language(browser)) == ("en", "en")


@pytest.mark.parametrize(
    "referrer", ["", "http://evil.example/x", "http://[", "http://localhost@evil.example/", "x"]
)
def test_a_button_that_stood_nowhere_leads_home(page, referrer):
    browser = page()
    browser.get("/ingresar")

    answer = browser.form("/idioma").submit("English", Referer=referrer)

    assert answer.headers["Location"] == "/"


def test_behind_a_proxy_that_ends_tls_the_button_stays_on_the_page(page):
    browser = page(ANA)
    browser.get("/mis-sesiones")

    answer = browser.form("/idioma").submit("English", Referer="https://localhost/mis-sesiones")

    assert answer.headers["Location"] == "/mis-sesiones"


@pytest.mark.parametrize("wanted", ["de", "", "../en", "en" * 1000])
def test_a_language_that_is_not_there_changes_nothing(page, wanted):
    browser = page()
    browser.get("/ingresar")
    token = browser.form("/idioma").values["csrf_token"]

    browser.post("/idioma", data={"lang": wanted, "csrf_token": token})
    browser.get("/ingresar")

    assert language(browser) == "es"
