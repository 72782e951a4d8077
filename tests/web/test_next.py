"""Where a person is led after signing in: always a page of this portal."""

from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest

from clinicweb.web.guards import LONGEST_NEXT, safe_next
from tests.cast import ANA, PASSWORD

ELSEWHERE = [
    "//evil.example", "///evil.example", "////evil.example", "//evil.example/%2f..",
    "\\\\evil.example", "/\\evil.example", "\\/evil.example", "/\\/evil.example",
    "//\\evil.example", "/\\\\evil.example", "/a\\b", "\\evil.example",
    "http://evil.example", "https://evil.example", "HTTPS://EVIL.example", "https:evil.example",
    "https:/evil.example", "http:///evil.example", "https:\\\\evil.example", "http:@evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", " javascript:alert(1)",
    "javascript://%0aalert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
    "ftp://evil.example", "mailto:a@evil.example", "blob:https://evil.example/1", "about:blank",
    "evil.example", "evil.example/", "@evil.example", ".evil.example", "user@evil.example",
    "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example",
    "\n//evil.example", " //evil.example", "/ /evil.example", "//\tevil.example", "/\x00/evil",
    "/\x0b/evil.example", "/\x0c/evil.example", "/\x1f/evil.example", "/\x7f/evil.example",
    "/\x85/evil.example", "\x00//evil.example", "/%0a\n/evil.example", "/ok\r\nX-Evil: 1",
    "//[", "//[::1]", "//[::1", "//evil.example:99999", "///", "//", "\\", "", "?", "#", "?//evil",
    "../evil", "./evil", "..//evil.example", "//%5cevil.example", "//evil.example\\@localhost",
]  # fmt: skip
HERE = [
    "/", "/mis-sesiones", "/reservar/nueva/buscar?service=mg&day=2026-03-03", "/a//b", "/a?x=//b",
    "/a#//b", "/%2f%2fevil.example", "/%5cevil.example", "/%09/evil.example", "/@evil.example",
    "/:evil", "/.//evil.example", "/..//evil.example", "/a?next=https://evil.example",
    "/\uff0fevil.example", "/\u2044evil.example", "/\u2215evil.example", "/\u29f8evil", "/ñandú",
]  # fmt: skip


def test_the_set_is_large_enough():
    assert len(set(ELSEWHERE + HERE)) >= 60


@pytest.mark.parametrize("target", ELSEWHERE)
def test_what_may_lead_elsewhere_leads_home(target):
    assert safe_next(target) == "/"


@pytest.mark.parametrize("target", HERE)
def test_a_path_of_this_portal_is_kept(target):
    assert safe_next(target) == target


def test_no_next_is_the_home_page():
    assert safe_next(None) == "/"


def host_of(location):
    return urlsplit(urljoin("http://localhost/ingresar", location)).netloc


def test_every_one_of_them_leads_to_a_local_path_after_signing_in(page):
    browser = page(ANA)
    led = {}

    for target in ELSEWHERE + HERE:
        answer = browser.get("/ingresar?" + urlencode({"next": target}))
        led[target] = (answer.status_code, answer.headers["Location"])

    assert {status for status, _location in led.values()} == {303}
    strangers = {k: v for k, v in led.items() if host_of(v[1]) != "localhost" or v[1][1:2] == "/"}
    assert strangers == {}


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "//[", "/\t/evil.example"])
def test_a_hidden_field_that_was_bent_leads_home(page, target):
    browser = page()
    browser.get("/ingresar")
    form = browser.form("/ingresar").fill(identifier="ana", password=PASSWORD)
    form.values["next"] = target

    assert form.submit().headers["Location"] == "/"


def test_a_way_back_that_is_too_long_does_not_keep_anybody_out(page):
    browser = page()
    browser.get("/ingresar?next=/" + quote("ñ" * LONGEST_NEXT))

    answer = browser.form("/ingresar").fill(identifier="ana", password=PASSWORD).submit()

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
