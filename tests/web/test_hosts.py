"""Whatever host a request claims, no answer leads to another one (T12)."""

from itertools import product
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from clinicweb.core import db
from clinicweb.web.hosts import trusted_hosts
from tests.accounts.door import end_sessions
from tests.cast import ANA, PASSWORD
from tests.checked_client import CheckedClient
from tests.pages import make_app, sign_in

PORTAL = "http://portal.example"
EVIL = "evil.example"
CLAIMS = {
    "Host": {"Host": EVIL},
    "Host with a port": {"Host": f"{EVIL}:80"},
    "Host with a user": {"Host": f"portal.example@{EVIL}"},
    "Host after a comma": {"Host": f"portal.example,{EVIL}"},
    "Host below": {"Host": f"portal.example.{EVIL}"},
    "no Host": {"Host": ""},
    "X-Forwarded-Host": {"X-Forwarded-Host": EVIL},
    "X-Forwarded-Host, several": {"X-Forwarded-Host": f"portal.example, {EVIL}"},
    "X-Forwarded-Server": {"X-Forwarded-Server": EVIL},
    "X-Forwarded-Prefix": {"X-Forwarded-Prefix": f"//{EVIL}"},
    "X-Original-URL": {"X-Original-URL": f"http://{EVIL}/"},
    "Forwarded": {"Forwarded": f"host={EVIL};proto=https"},
}
ASKED = ("/", "/reservar", "/reservar/", "/ingresar?next=/mis-sesiones", "//reservar//", "/no-hay")


def foreign(answer):
    """The address in *answer* that leads to another host than the portal's, if any."""
    for name in ("Location", "HX-Redirect", "HX-Location", "Refresh", "Content-Location"):
        there = urlsplit(urljoin(PORTAL, answer.headers.get(name, ""))).netloc
        if there != "portal.example":
            return f"{name}: {answer.headers[name]}"
    return None


def ask(client, path, claim, **headers):
    return client.get(path, base_url=PORTAL, headers=CLAIMS[claim] | headers)


@pytest.fixture(params=[0, 1], ids=["no proxy", "one proxy"])
def portal(request, clinic_url, tmp_path):
    yield make_app(clinic_url, tmp_path, base_url=PORTAL, trusted_proxies=request.param)
    db.current().dispose()


@pytest.mark.parametrize("is_known", [False, True], ids=["any host", "own host"])
def test_no_claim_of_a_host_leads_anybody_away(clinic_url, tmp_path, is_known):
    asked = 0
    for proxies in (0, 1):
        app = make_app(
            clinic_url, tmp_path, base_url=PORTAL if is_known else "", trusted_proxies=proxies
        )
        client = FlaskClient(app, app.response_class)
        for claim, path, htmx in product(CLAIMS, ASKED, ({}, {"HX-Request": "true"})):
            answer = ask(client, path, claim, **htmx)
            assert foreign(answer) is None, (claim, path, foreign(answer))
            assert EVIL not in answer.get_data(as_text=True), (claim, path)
            asked += 1
        db.current().dispose()
    assert asked == 2 * len(CLAIMS) * len(ASKED) * 2


def test_a_portal_that_knows_its_host_refuses_others(portal):
    client = CheckedClient(portal, use_cookies=True)

    refused = [claim for claim in CLAIMS if ask(client, "/ingresar", claim).status_code == 400]

    expected = [claim for claim in CLAIMS if "Host" in claim and "X-" not in claim]
    if portal.wsgi_app.__class__.__name__ == "ProxyFix":
        expected += ["X-Forwarded-Host", "X-Forwarded-Host, several"]
    assert refused == expected


def test_the_refusal_is_a_page_in_plain_words(portal):
    client = CheckedClient(portal, use_cookies=True)

    ask(client, "/ingresar", "Host")

    assert "No pudimos entender la solicitud" in client.text()


@pytest.mark.parametrize("host", ["portal.example", "PORTAL.example", "portal.example:8443"])
def test_the_portals_own_host_is_served_on_any_port(portal, host):
    client = CheckedClient(portal, use_cookies=True)

    assert client.get("/ingresar", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["10.0.0.5:8000", "127.0.0.1", "[fd00::1]:8000", EVIL])
def test_the_health_check_asks_by_any_address(portal, host):
    client = CheckedClient(portal, use_cookies=True)

    assert client.get("/salud", headers={"Host": host}).status_code == 200


def test_a_visitor_behind_no_proxy_cannot_choose_scheme_or_host(clinic_url, tmp_path):
    app = make_app(clinic_url, tmp_path)
    claims = {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "X-Forwarded-Port": "1"}

    with app.test_request_context("/", headers=claims) as context:
        environ = context.request.environ
        app.wsgi_app(environ, lambda *_: None)

    assert (environ["wsgi.url_scheme"], environ["HTTP_HOST"]) == ("http", "localhost")
    db.current().dispose()


def test_as_many_proxies_are_believed_as_are_set(clinic_url, tmp_path):
    app = make_app(clinic_url, tmp_path, trusted_proxies=1)
    seen = {}
    app.before_request(lambda: seen.update(address=request_address()))
    client = CheckedClient(app, use_cookies=True)

    client.get("/salud", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})

    assert seen["address"] == "203.0.113.9"
    db.current().dispose()


def request_address():
    from flask import request

    return request.remote_addr


def test_after_signing_in_the_way_back_stays_here(clinic_url, tmp_path):
    app = make_app(clinic_url, tmp_path)
    client = sign_in(app, ANA)
    end_sessions(ANA)

    answer = client.get("/mis-sesiones", headers={"Host": EVIL})
    client.get(answer.headers["Location"])
    form = client.form("/ingresar").fill(identifier="ana", password=PASSWORD)

    assert form.submit().headers["Location"] == "/mis-sesiones"
    db.current().dispose()


@pytest.mark.parametrize(
    ("base_url", "is_demo", "hosts"),
    [
        ("", False, ()),
        ("", True, ()),
        ("https://portal.example", False, ("portal.example",)),
        ("https://Portal.Example:8443", False, ("portal.example",)),
        ("http://192.168.1.20:8000", True, ("192.168.1.20", "127.0.0.1", "localhost")),
        ("http://localhost:8000", False, ("localhost", "127.0.0.1", "localhost")),
        ("http://[::1]:8000", False, ()),
    ],
)
def test_a_portal_answers_for_its_address_and_at_home_for_this_machine(base_url, is_demo, hosts):
    assert trusted_hosts(base_url, is_demo=is_demo) == hosts
