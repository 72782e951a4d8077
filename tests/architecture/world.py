"""A portal with everybody at its door: each actor's cookie and token, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from clinicweb.accounts.models import (
    Account,
    LoginSession,
)
from clinicweb.core import clock, db
from tests.architecture.digest import Snapshot
from tests.architecture.policy_table import ACTORS
from tests.cast import ADA, ANA, CLARA, DIAZ, DORA, ELSA, Person
from tests.checked_client import CheckedClient
from tests.pages import sign_in

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
SAME_ORIGIN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Actor:
    """Somebody with a browser: its cookie, and the token of the forms it was shown."""

    name: str
    cookie: str
    token: str


class World:
    def __init__(self, app: Flask, url: str) -> None:
        self.app = app
        self.url = url
        self.parameters: dict[str, str] = {}
        self.client = CheckedClient(app, use_cookies=False)
        people = {"ana": ANA, "clara": CLARA, "diaz": DIAZ, "elsa": ELSA, "ada": ADA}
        self.actors = [
            self._visitor(),
            *(self._signed_in(name, person) for name, person in people.items()),
            self._of_a_closed_account(),
            self._of_an_ended_session(),
        ]
        assert tuple(actor.name for actor in self.actors) == ACTORS
        self.snapshot = Snapshot(url)

    def actor(self, name: str) -> Actor:
        return next(actor for actor in self.actors if actor.name == name)

    def send(
        self,
        path: str,
        method: str,
        actor: Actor,
        *,
        headers: dict[str, str] | None = None,
        data: dict[str, Any] | None = None,
    ) -> TestResponse:
        """One request with the actor's cookie, and, when unsafe, token and origin; then undone."""
        sent = {"Cookie": actor.cookie} if actor.cookie else {}
        if method in UNSAFE:
            data = {"csrf_token": actor.token} if data is None else data
            sent |= SAME_ORIGIN
        response = self.client.open(path, method=method, headers=sent | (headers or {}), data=data)
        if method in UNSAFE:
            self.snapshot.restore()
        return response

    def path_of(self, rule: Rule) -> str:
        """The address of *rule*, with Ana's things where it names one."""
        with self.app.test_request_context():
            values = {name: self._value(rule, name) for name in rule.arguments}
            _, path = rule.build(values, append_unknown=False) or ("", "")
            return path

    def _value(self, rule: Rule, name: str) -> str:
        of_slice = f"{str(rule.endpoint).partition('.')[0]}.{name}"
        return self.parameters[of_slice if of_slice in self.parameters else name]

    def _visitor(self) -> Actor:
        return self._actor("anonymous", CheckedClient(self.app, use_cookies=True), "/ingresar")

    def _signed_in(self, name: str, person: Person) -> Actor:
        return self._actor(name, sign_in(self.app, person), "/mis-sesiones")

    def _of_a_closed_account(self) -> Actor:
        self._set(Account, Account.name == "Dora", is_active=True)
        actor = self._signed_in("closed", DORA)
        self._set(Account, Account.name == "Dora", is_active=False)
        return actor

    def _of_an_ended_session(self) -> Actor:
        actor = self._signed_in("ended", ANA)
        newest = select(func.max(LoginSession.id)).scalar_subquery()
        self._set(LoginSession, LoginSession.id == newest, ended_at=clock.now())
        return actor

    def _actor(self, name: str, client: CheckedClient, page: str) -> Actor:
        client.get(page)
        assert client.page is not None
        token = next(
            field.get("value", "")
            for field in client.page.elements("input")
            if field.get("name") == "csrf_token"
        )
        cookie_name = self.app.config["SESSION_COOKIE_NAME"]
        cookie = client.get_cookie(cookie_name)
        assert cookie is not None
        return Actor(name, f"{cookie_name}={cookie.value}", token)

    def _set(self, model: Any, condition: Any, **values: Any) -> None:
        with db.current().writing() as session:
            session.execute(update(model).where(condition).values(**values))
