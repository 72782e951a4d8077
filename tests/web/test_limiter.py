"""A flood of posts is slowed down, with Redis, without it, and while it is away."""

import pytest

from clinicweb.core import db
from tests.cast import ANA, CLARA
from tests.checked_client import CheckedClient
from tests.pages import make_app, sign_in

RATE = "4 per minute"


@pytest.fixture
def limited(clinic_url, tmp_path):
    apps = []

    def make(**settings):
        apps.append(make_app(clinic_url, tmp_path, **{"rate_limit": RATE} | settings))
        return apps[-1]

    yield make
    db.current().dispose()


def flood(app, posts=6, address="203.0.113.7", **headers):
    browser = CheckedClient(app, use_cookies=True)
    browser.environ_base["REMOTE_ADDR"] = address
    browser.get("/ingresar")
    data = {"csrf_token": browser.form("/idioma").values["csrf_token"]}
    answers = [browser.post("/idioma", data=data, headers=headers) for _ in range(posts)]
    return browser, [answer.status_code for answer in answers]


@pytest.mark.parametrize("by_htmx", [False, True])
def test_a_flood_is_told_to_wait(limited, by_htmx):
    browser = CheckedClient(limited(), use_cookies=True)

    browser, statuses = flood(limited(), **(browser.htmx_headers() if by_htmx else {}))

    assert statuses == [303] * 4 + [429] * 2
    assert "Demasiados intentos" in browser.text()
    assert int(browser.last.headers["Retry-After"]) > 0


def test_looking_is_never_limited(limited):
    browser, statuses = flood(limited())

    assert 429 in statuses
    assert {browser.get("/ingresar").status_code for _ in range(8)} == {200}


def test_each_address_has_its_own_limit(limited):
    app = limited()
    flood(app)

    assert flood(app, address="203.0.113.8")[1] == [303] * 4 + [429] * 2


def test_an_invented_address_has_no_limit_of_its_own(limited):
    app = limited()
    flood(app)

    assert flood(app, posts=1, **{"X-Forwarded-For": "198.51.100.1"})[1] == [429]


def test_people_behind_one_address_have_limits_of_their_own(limited):
    app = limited()
    ana, clara = sign_in(app, ANA), sign_in(app, CLARA)
    for browser in (ana, clara):
        browser.get("/")
    ana_form, clara_form = ana.form("/idioma"), clara.form("/idioma")

    statuses = [ana_form.submit().status_code for _ in range(6)]

    assert statuses[-1] == 429
    assert clara_form.submit().status_code == 303


def test_redis_counts_for_all_processes(limited, redis_url):
    first, second = limited(redis_url=redis_url), limited(redis_url=redis_url)

    flood(first, posts=4)

    assert flood(second, posts=1)[1] == [429]


def test_without_redis_a_flood_is_still_limited_and_nothing_fails(limited, redis_server):
    app = limited(redis_url=redis_server.url)
    flood(app, posts=1)

    redis_server.stop()
    away = flood(app)[1]
    redis_server.start()

    assert 500 not in away
    assert away[0] == 303
    assert away[-1] == 429


def test_a_portal_starts_while_redis_is_away(limited, redis_server):
    redis_server.stop()

    app = limited(redis_url=redis_server.url)

    assert flood(app)[1] == [303] * 4 + [429] * 2
