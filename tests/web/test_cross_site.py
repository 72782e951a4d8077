"""What changes something comes from a page of this portal, or not at all."""

import pytest

from tests.cast import ANA


@pytest.fixture
def token(page):
    """Ana's browser and a good token of it: only where it is sent from differs."""
    browser = page(ANA)
    browser.get("/")
    return browser, browser.form("/salir").values["csrf_token"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost@evil.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://["},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
)
@pytest.mark.parametrize("by_htmx", [False, True])
def test_what_comes_from_elsewhere_changes_nothing(token, headers, by_htmx):
    browser, good = token

    sent = headers | (browser.htmx_headers() if by_htmx else {})
    answer = browser.post("/salir", data={"csrf_token": good}, headers=sent)

    assert answer.status_code == 403
    assert "Llegó desde otro sitio" in browser.text()
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize("sent", [{}, {"csrf_token": ""}, {"csrf_token": "bent"}])
def test_a_form_without_its_token_changes_nothing(token, sent):
    browser, _good = token

    answer = browser.post("/salir", data=sent, headers={"Origin": "http://localhost"})

    assert answer.status_code == 400
    assert "El formulario ya no es válido" in browser.text()
    assert browser.get("/").status_code == 200
