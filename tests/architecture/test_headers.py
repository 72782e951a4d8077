"""The checker of headers accepts what is right and names each header that is wrong."""

import pytest
from werkzeug.wrappers import Response

from tests.html_check import check_response, nonce_of
from tests.markup.headers import check_static_caching

NONCE = "bm9uY2Utb2YtdGhlLXBhZ2U"
GOOD = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        f"default-src 'none'; script-src 'nonce-{NONCE}'; style-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self)",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "HX-Request",
    "Strict-Transport-Security": "max-age=31536000",
}
POLICY = GOOD["Content-Security-Policy"]


def complaints(changes, **asked):
    headers = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return check_response(
        Response("<p>", headers=headers), **{"is_private": True, "is_secure": True} | asked
    )


def test_the_good_headers_are_accepted():
    assert complaints({}) == []
    assert nonce_of(Response(headers=GOOD)) == NONCE


@pytest.mark.parametrize("name", [name for name in GOOD if name != "Content-Type"])
def test_each_header_is_missed(name):
    assert any(name in complaint for complaint in complaints({name: None}))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (f"'nonce-{NONCE}'", "'self'", "script-src has no nonce"),
        (f"'nonce-{NONCE}'", f"'nonce-{NONCE}' 'unsafe-inline'", "'unsafe-inline'"),
        (f"'nonce-{NONCE}'", f"'nonce-{NONCE}' 'unsafe-eval'", "'unsafe-eval'"),
        ("style-src 'self'", "style-src 'unsafe-inline'", "style-src allows"),
        ("frame-ancestors 'self'", "", "no frame-ancestors"),
        ("base-uri 'none';", "", "no base-uri"),
        ("form-action 'self'", "form-action *", "form-action allows"),
        ("default-src 'none'", "default-src https:", "default-src allows"),
    ],
)
def test_each_hole_in_the_policy_is_found(old, new, words):
    found = complaints({"Content-Security-Policy": POLICY.replace(old, new)})

    assert any(words in complaint for complaint in found)


def test_a_cookie_makes_an_answer_private():
    public = {"is_private": False}

    assert complaints({"Cache-Control": "no-cache"}, **public) == []
    assert complaints({"Cache-Control": "no-cache", "Set-Cookie": "a=b"}, **public)


def test_what_never_changes_says_so():
    good = "public, max-age=31536000, immutable"

    assert check_static_caching(Response(headers={"Cache-Control": good})) == []
    for word in ("public", "immutable"):
        assert check_static_caching(Response(headers={"Cache-Control": good.replace(word, "")}))
    assert check_static_caching(Response(headers={"Cache-Control": good, "Set-Cookie": "a=b"}))
