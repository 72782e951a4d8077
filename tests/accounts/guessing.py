"""Somebody who guesses passwords for an hour, as fast as they can, from wherever they like."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from clinicweb.core import clock
from tests.checked_client import CheckedClient

HOUR = timedelta(hours=1)
WRONG = "no es la clave"


class Guesser:
    """One browser without cookies of its own but the form's."""

    def __init__(self, app: Flask, *, address: str = "203.0.113.66") -> None:
        reader = CheckedClient(app, use_cookies=True)
        reader.get("/ingresar")
        self._token = reader.form("/ingresar").values["csrf_token"]
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = reader.get_cookie(name)
        self._client = FlaskClient(app, app.response_class)
        self._client.set_cookie(name, cookie.value if cookie else "")
        self._address = address

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
