"""
The portal as people meet it, through the checked client.

Fixtures:

- ``clinic_url``: a SQLite database with the cast and their clinic, for this test alone;
- ``any_clinic_url``: the same, the test runs once on SQLite and once on PostgreSQL;
- ``app``: the portal on ``clinic_url``;
- ``page``: ``page()`` is a visitor's browser, ``page(ANA)`` one in which Ana has signed in.
"""

import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from clinicweb.config import Settings
from clinicweb.core import db
from tests import cast
from tests.cast import PASSWORD, Person
from tests.checked_client import CheckedClient
from tests.services.postgres import Cluster
from tests.services.process import locked

Browser = Callable[..., CheckedClient]
_numbers = itertools.count(1)


def make_app(url: str, folder: Path, *, is_demo: bool = False, **settings: object) -> Flask:
    """The portal on the database at *url*, with limits that no test reaches by chance."""
    from clinicweb.app import create_app  # tests of the services need no product

    defaults = {
        "database_url": url,
        "data_dir": folder,
        "secret_key": "a key of the tests that is long enough to be one",
        "rate_limit": "1000000 per minute",
    }
    app = create_app(Settings.model_validate(defaults | settings), is_demo=is_demo)
    app.test_client_class = CheckedClient
    return app


def sign_in(app: Flask, person: Person) -> CheckedClient:
    """A browser in which *person* has come in by the form, with the mailed code where one is."""
    client = CheckedClient(app, use_cookies=True)
    client.get("/ingresar")
    form = client.form("/ingresar").fill(identifier=person.username, password=PASSWORD)
    answer = form.submit()
    assert answer.status_code == 303, f"{person.username} could not sign in"
    if is_asked_for_a_code(answer):
        client.follow()
        client.form("Enviar").submit("Enviar")
        client.follow()
        answer = client.form("Ingresar").fill(code=mailed_code(app)).submit("Ingresar")
        assert answer.status_code == 303, f"{person.username}'s code was refused"
    return client


def is_asked_for_a_code(answer: TestResponse) -> bool:
    return answer.headers.get("Location", "").startswith("/ingresar/segundo/")


def mailed_code(app: Flask) -> str:
    """What the newest mail with a code says, as its reader finds it."""
    from clinicweb import worker
    from clinicweb.notifications.models import OutboxMessage
    from clinicweb.notifications.rendering import Letter, render

    newest = select(OutboxMessage).where(OutboxMessage.template == "sign_in_code")
    with db.reading() as session:
        row = session.scalars(newest.order_by(OutboxMessage.id.desc()).limit(1)).one()
        letter = Letter(
            row.dedupe_key,
            row.created_at,
            row.recipient,
            row.language,
            row.template,
            row.context,
            row.calendar,
        )
    settings = app.extensions["clinicweb.settings"]
    with app.app_context():
        mail = render(letter, worker._letterhead(settings, "Clínica", "http://localhost"))
    text = str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    [code] = re.findall(r"\b\d{6}\b", text)
    return str(code)


def fill_database(url: str) -> None:
    """Write the cast and their clinic into the migrated database at *url*."""
    database = db.Database(url)
    with database.writing() as session:
        cast.fill(session)
    database.dispose()


@pytest.fixture(scope="session")
def filled_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    template = tmp_path_factory.mktemp("cast") / "cast.db"
    shutil.copyfile(sqlite_template, template)
    fill_database(f"sqlite:///{template}")
    return template


@pytest.fixture
def clinic_url(filled_template: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copyfile(filled_template, tmp_path / 'clinic-with-cast.db')}"


@pytest.fixture(scope="session")
def filled_postgres(postgres_cluster: Cluster, postgres_template: str, services_run: Path) -> str:
    """The name of a database with the cast in it, to copy."""
    name, unfinished = "with_cast", "with_cast_unfinished"
    with locked(services_run / "with_cast.busy"):
        if not postgres_cluster.has(name):
            postgres_cluster.run("DROP DATABASE IF EXISTS {}", unfinished)
            postgres_cluster.copy(postgres_template, unfinished)
            fill_database(postgres_cluster.url(unfinished))
            postgres_cluster.run("ALTER DATABASE {} RENAME TO {}", unfinished, name)
    return name


@pytest.fixture
def postgres_clinic_url(
    postgres_cluster: Cluster, filled_postgres: str, worker_name: str
) -> Iterator[str]:
    name = f"clinic_{worker_name}_{next(_numbers)}"
    with postgres_cluster.database(name, template=filled_postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def any_clinic_url(request: pytest.FixtureRequest) -> str:
    of_kind = {"sqlite": "clinic_url", "postgres": "postgres_clinic_url"}
    url: str = request.getfixturevalue(of_kind[request.param])
    return url


@pytest.fixture
def app(clinic_url: str, tmp_path: Path) -> Iterator[Flask]:
    yield make_app(clinic_url, tmp_path)
    db.current().dispose()


@pytest.fixture
def page(app: Flask) -> Browser:
    def browser(person: Person | None = None) -> CheckedClient:
        if person is None:
            return CheckedClient(app, use_cookies=True)
        return sign_in(app, person)

    return browser
