"""Somebody who guesses passwords for an hour, as fast as they can, from wherever they like."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from clinicweb.accounts.sign_in_actions import Attempt, sign_in
from clinicweb.clinic.installed import current_rules
from clinicweb.core import clock
from clinicweb.core.errors import NotAllowed, TooManyAttempts
from tests.checked_client import CheckedClient

HOUR = timedelta(hours=1)
WRONG = "no es la clave"


class Guesser:
    """
    One browser without cookies of its own but the form's.

    Args:
        page_every: of so many guesses one goes through the page; the others are given to what
            stands behind it, which has fewer defences and answers sooner.
    """

    def __init__(self, app: Flask, *, address: str = "203.0.113.66", page_every: int = 1) -> None:
        reader = CheckedClient(app, use_cookies=True)
        reader.get("/ingresar")
        self._token = reader.form("/ingresar").values["csrf_token"]
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = reader.get_cookie(name)
        self._client = FlaskClient(app, app.response_class)
        self._client.set_cookie(name, cookie.value if cookie else "")
        self._address = address
        self._rules = current_rules(app).sign_in
        self._page_every, self._guesses = page_every, 0

    def guess_on(self, name: str, password: str = WRONG, *, address: str | None = None) -> int:
        """One more guess, by the page when it is its turn; *address* as the one proxy says it."""
        self._guesses += 1
        if self._guesses % self._page_every == 0:
            headers = {"X_Forwarded_For": address} if address else {}
            return self.guess(name, password, **headers)
        try:
            sign_in(self._rules, Attempt(name, password, address or self._address, ""))
        except NotAllowed:
            return 422
        except TooManyAttempts:
            return 429
        return 303

    def guess(self, name: str, password: str = WRONG, **headers: str) -> int:
        """The status of one guess; *headers* as a proxy, or the guesser, adds them."""
        answer = self._client.post(
            "/ingresar",
            data={"identifier": name, "password": password, "csrf_token": self._token},
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            environ_overrides={"REMOTE_ADDR": self._address},
        )
        return answer.status_code


def through_an_hour(times: int, *, began: datetime | None = None) -> Iterator[int]:
    """0 to *times* − 1, each at its instant of one hour."""
    began = began or clock.now()
    for number in range(times):
        with clock.frozen(began + number * HOUR / times):
            yield number
