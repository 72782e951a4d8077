"""The database is locked, or away: the portal says so kindly, and recovers by itself."""

import sqlite3
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy.engine import make_url

from clinicweb.core import clock, db
from tests.cast import ANA, PASSWORD
from tests.checked_client import CheckedClient
from tests.pages import make_app, sign_in

TOLD = "El portal no responde en este momento"


@contextmanager
def locked(url):
    """Another program writes, and does not come to an end."""
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.fixture
def impatient(clinic_url, tmp_path):
    app = make_app(clinic_url, tmp_path)
    db.configure(db.Database(clinic_url, busy_seconds=0.05))
    yield app
    db.current().dispose()


@pytest.mark.parametrize("by_htmx", [False, True], ids=["page", "fragment"])
def test_what_cannot_be_saved_is_told(impatient, clinic_url, by_htmx):
    browser = CheckedClient(impatient, use_cookies=True)
    browser.get("/ingresar")
    form = browser.form("/ingresar").fill(identifier="ana", password=PASSWORD)

    with locked(clinic_url):
        answer = form.submit_by_htmx() if by_htmx else form.submit()
    told = browser.text()
    again = form.submit()

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert TOLD in told
    assert again.status_code == 303


def test_pages_can_be_read_while_nothing_can_be_written(impatient, clinic_url):
    browser = sign_in(impatient, ANA)

    with locked(clinic_url), clock.frozen(clock.now() + timedelta(minutes=2)):
        answer = browser.get("/mis-sesiones")

    assert answer.status_code == 200


def test_writers_that_wait_for_each_other_do_not_wait_for_ever(impatient, clinic_url):
    browser = CheckedClient(impatient, use_cookies=True)
    browser.get("/ingresar")
    form = browser.form("/ingresar").fill(identifier="ana", password=PASSWORD)

    with db.current().writing():
        answer = form.submit()

    assert answer.status_code == 503
    assert form.submit().status_code == 303


@contextmanager
def away(cluster, url):
    """The server ends its connections and takes no new ones, as when it is stopped."""
    name = make_url(url).database
    cluster.run("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
    with cluster.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
    try:
        yield
    finally:
        cluster.run("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)


@pytest.mark.parametrize("path", ["/", "/mis-sesiones", "/salud", "/no-hay"])
def test_postgres_that_went_away_is_told_and_comes_back(
    postgres_cluster, postgres_clinic_url, tmp_path, path
):
    app = make_app(postgres_clinic_url, tmp_path)
    browser = sign_in(app, ANA)
    before = browser.get(path).status_code
    with away(postgres_cluster, postgres_clinic_url):
        answer = browser.get(path)
        told = browser.text()
        fragment = browser.htmx_get(path)
    after = browser.get(path).status_code
    db.current().dispose()

    assert (answer.status_code, fragment.status_code) == (503, 503)
    assert TOLD in told
    assert int(answer.headers["Retry-After"]) > 0
    assert (before, after) == ((404, 404) if path == "/no-hay" else (200, 200))
