"""Standing at the door: typing names and passwords, and changing accounts behind the scenes."""

import re
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Select, select, update
from werkzeug.test import TestResponse

from clinicweb.accounts.models import DOCUMENT, Account, AccountIdentifier, LoginSession
from clinicweb.clinic.rules import PRESETS
from clinicweb.core import clock, db
from tests.cast import PASSWORD, Person
from tests.checked_client import CheckedClient

RUTS = {"ana": "10000013-K", "clara": "11111111-1", "dora": "12345678-5"}
FREE_OF_ACCOUNT = 3
FREE_OF_NETWORK = 5


def knock(
    client: CheckedClient, identifier: str, password: str = PASSWORD, **more: Any
) -> TestResponse:
    """Open the sign-in page, type, send."""
    client.get("/ingresar")
    return client.form("/ingresar").fill(identifier=identifier, password=password).submit(**more)


def typed(client: CheckedClient, name: str) -> str:
    """What stands in the field *name* of the page at hand."""
    return client.form("/ingresar").values.get(name, "")


def without_secrets(body: str) -> str:
    """*body* without what is new in each answer."""
    body = re.sub(r'(nonce=|name="csrf_token" value=)"[^"]*"', r'\1""', body)
    return re.sub(r'(name="identifier"[^>]*value=)"[^"]*"', r'\1""', body)


def clinic_file(folder: Path) -> Path:
    """A clinic that allows few failures."""
    limits = (
        f"[sign_in]\nfree_failures = {FREE_OF_ACCOUNT}\n"
        f"failures_per_address_hour = {2 * FREE_OF_NETWORK}\n"
    )
    path = folder / "strict.toml"
    preset = (PRESETS / "teleconsulta.toml").read_text("utf-8")
    path.write_text(preset.replace("[sign_in]\n", limits), "utf-8")
    return path


def change_account(person: Person, **values: Any) -> None:
    with db.current().writing() as session:
        account = session.scalars(_named(person.username)).one()
        for name, value in values.items():
            setattr(account, name, value)


def add_document(username: str, number: str) -> None:
    with db.current().writing() as session:
        account = session.scalars(_named(username)).one()
        session.add(AccountIdentifier(account_id=account.id, kind=DOCUMENT, value=number))


def _named(username: str) -> Select[tuple[Account]]:
    return select(Account).where(Account.name == username.title())


def end_sessions(person: Person) -> None:
    """All of the person's sessions were ended from another browser."""
    account = _named(person.username).with_only_columns(Account.id).scalar_subquery()
    with db.current().writing() as session:
        session.execute(
            update(LoginSession)
            .where(LoginSession.account_id == account, LoginSession.ended_at.is_(None))
            .values(ended_at=clock.now())
        )


def cookie_of(client: CheckedClient) -> str:
    cookie = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])
    return cookie.value if cookie else ""


def with_cookie(app: Flask, value: str) -> CheckedClient:
    """A browser that holds a cookie it was never given."""
    client = CheckedClient(app, use_cookies=True)
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], value)
    return client


def is_in(client: CheckedClient) -> bool:
    """Whether the portal knows who this is."""
    answer = client.get("/mis-sesiones")
    assert answer.status_code in (200, 303)
    return bool(answer.status_code == 200)
