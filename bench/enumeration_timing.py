"""
Can a stranger tell by the clock who is known?

Each form is sent for a known and an unknown person, in interleaved pairs, timed through the
whole portal.  The figure is the area under the curve of the best guess from one time: 0.5 is
blind, 1.0 tells always.  Target: 0.45 to 0.55; its standard error is 0.018 for 500 pairs.

    python -m bench.enumeration_timing [-n PAIRS] [ENDPOINT …]
"""

import argparse
import random
import re
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import delete, update

from clinicweb.accounts import passwords
from clinicweb.accounts.models import Account
from clinicweb.clinic.rules import PRESETS
from clinicweb.core import db, migrate
from clinicweb.core.limits import AttemptCounter, FailurePace
from tests.accounts.states import KNOWN, PEOPLE, UNKNOWN, Somebody, fill
from tests.cast import PASSWORD
from tests.checked_client import CheckedClient
from tests.pages import make_app

TARGET = (0.45, 0.55)
WARM_UP = 3
_PAIR = (PEOPLE[KNOWN], PEOPLE[UNKNOWN])


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A form of *preset* at *path*, and what somebody types; *status* is all that they learn."""

    preset: str
    path: str
    typed: Callable[[Somebody], Mapping[str, str]]
    status: int = 303


def _registration(person: Somebody) -> dict[str, str]:
    return {
        "affiliation_number": person.affiliation,
        "card_serial": person.serial,
        "phone": "664 123 4567",
        "email": person.email,
        "terms": "y",
    }


ENDPOINTS = {
    "sign-in": Endpoint(
        "afiliados",
        "/ingresar",
        lambda person: {"identifier": person.affiliation, "password": "no es la clave"},
        status=422,
    ),
    "registration": Endpoint("afiliados", "/crear-cuenta/", _registration),
    "recover user": Endpoint(
        "afiliados", "/recuperar/usuario", lambda person: {"identifier": person.email}
    ),
    "recover password": Endpoint(
        "afiliados", "/recuperar/clave", lambda person: {"identifier": person.affiliation}
    ),
    "recover password, two fields": Endpoint(
        "historia-clinica",
        "/recuperar/clave",
        lambda person: {"email": person.email, "identifier": person.username},
    ),
    "reactivation": Endpoint(
        "afiliados",
        "/reactivar-cuenta",
        lambda person: {
            "affiliation_number": person.affiliation,
            "card_serial": person.serial,
            "email": person.email,
        },
    ),
    "activation again": Endpoint(
        "afiliados", "/recuperar/activacion", lambda person: {"identifier": person.affiliation}
    ),
}


def area_under_curve(known: Sequence[float], unknown: Sequence[float]) -> float:
    """Mann-Whitney: how often a known person takes longer than an unknown one."""
    ordered = sorted(unknown)
    wins = sum(bisect_left(ordered, t) + bisect_right(ordered, t) for t in known)
    return wins / 2 / (len(known) * len(unknown))


def measure(endpoint: Endpoint, pairs: int) -> tuple[list[float], list[float]]:
    """Seconds for the known and for the unknown person."""
    with tempfile.TemporaryDirectory(prefix="clinicweb-bench-") as folder:
        door = Door(Path(folder), endpoint)
        times: dict[str, list[float]] = {person.state: [] for person in _PAIR}
        for number in range(pairs + WARM_UP):
            for person in random.sample(_PAIR, 2):
                seconds = door.knock(person)
                if number >= WARM_UP:
                    times[person.state].append(seconds)
        db.current().dispose()
    return times[KNOWN], times[UNKNOWN]


class Door:
    """A portal with everybody in it, in front of one of its forms; nobody is told to wait."""

    def __init__(self, folder: Path, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        url = f"sqlite:///{folder / 'clinic.db'}"
        migrate.upgrade(url)
        app = make_app(url, folder, clinic=str(_clinic(folder, endpoint.preset)))
        with db.current().writing() as session:
            fill(session, "cedula")
            # What a real password costs.
            costly = passwords.hash_password(PASSWORD)
            session.execute(update(Account).values(password_hash=costly))
        passwords.warm_up()
        reader = CheckedClient(app, use_cookies=True)
        reader.get("/ingresar")
        self.token = reader.form("/ingresar").values["csrf_token"]
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = reader.get_cookie(name)
        self.client = FlaskClient(app, app.response_class)
        self.client.set_cookie(name, cookie.value if cookie else "")

    def knock(self, person: Somebody) -> float:
        path, digest = self._form()
        data = {**self.endpoint.typed(person), "csrf_token": self.token, "digest": digest}
        began = time.perf_counter()
        status = self.client.post(path, data=data).status_code
        seconds = time.perf_counter() - began
        assert status == self.endpoint.status, status
        with db.bookkeeping() as session:  # what was counted is as if it had not been
            session.execute(delete(AttemptCounter))
            session.execute(delete(FailurePace))
        return seconds

    def _form(self) -> tuple[str, str]:
        """Where to post; a flow has a new draft for each."""
        if not self.endpoint.path.endswith("/"):
            return self.endpoint.path, ""
        path = self.client.get(self.endpoint.path).headers["Location"]
        page = self.client.get(path).get_data(as_text=True)
        digest = re.search(r'name="digest"[^>]*value="([^"]*)"', page)
        return path, digest[1] if digest else ""


def _clinic(folder: Path, preset: str) -> Path:
    """*preset* without captchas."""
    text = (PRESETS / f"{preset}.toml").read_text("utf-8")
    path = folder / "clinic.toml"
    path.write_text(re.sub(r"(?m)^captcha = .*\n", "", text), "utf-8")
    return path


def report(name: str, known: Sequence[float], unknown: Sequence[float]) -> str:
    area = area_under_curve(known, unknown)
    middles = (sorted(times)[len(times) // 2] * 1000 for times in (known, unknown))
    told = " ".join(f"{middle:8.2f} ms" for middle in middles)
    verdict = "within" if TARGET[0] <= area <= TARGET[1] else "OUTSIDE"
    return f"{name:<30} n={len(known):<5} {told}  AUC {area:.3f} ({verdict})"


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--pairs", type=int, default=500)
    parser.add_argument("endpoints", nargs="*", metavar="ENDPOINT", default=[*ENDPOINTS])
    asked = parser.parse_args([*arguments] if arguments is not None else None)
    print(f"{'':<30} {'':<7} {'known':>11} {'unknown':>11}")
    for name in asked.endpoints:
        print(report(name, *measure(ENDPOINTS[name], asked.pairs)), flush=True)


if __name__ == "__main__":
    main()
