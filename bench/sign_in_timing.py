"""
Can a stranger tell by the clock who has an account?

Wrong passwords for a known and an unknown person, in interleaved pairs, timed through the whole
portal.  The figure is the area under the curve of the best guess from one time: 0.5 is blind,
1.0 tells always.  Target: 0.45 to 0.55.

    python -m bench.sign_in_timing [-n PAIRS]
"""

import argparse
import random
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import update

from clinicweb.accounts import passwords
from clinicweb.accounts.models import Account
from clinicweb.clinic.rules import PRESETS
from clinicweb.core import db, migrate
from tests.cast import PASSWORD
from tests.checked_client import CheckedClient
from tests.pages import fill_database, make_app

KNOWN, UNKNOWN = "ana", "eva"
LIMITS = "failures_per_account_hour = 1000000\nfailures_per_address_hour = 1000000\n"
TARGET = (0.45, 0.55)


def area_under_curve(known: Sequence[float], unknown: Sequence[float]) -> float:
    """Mann-Whitney: how often a known person takes longer than an unknown one."""
    ordered = sorted(unknown)
    wins = sum(bisect_left(ordered, t) + bisect_right(ordered, t) for t in known)
    return wins / 2 / (len(known) * len(unknown))


def measure(pairs: int) -> tuple[list[float], list[float]]:
    with tempfile.TemporaryDirectory() as folder:
        door = Door(Path(folder))
        times: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
        for number in range(pairs + 3):
            for name in random.sample((KNOWN, UNKNOWN), 2):
                seconds = door.knock(name)
                if number >= 3:  # the first ones warm up
                    times[name].append(seconds)
        db.current().dispose()
    return times[KNOWN], times[UNKNOWN]


class Door:
    """A portal at whose door nobody is ever told to wait."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder / 'clinic.db'}"
        migrate.upgrade(url)
        fill_database(url)
        app = make_app(url, folder, clinic=str(_clinic(folder)))
        with db.current().writing() as session:  # what a real password costs
            session.execute(update(Account).values(password_hash=passwords.hash_password(PASSWORD)))
        passwords.warm_up()
        form_reader = CheckedClient(app, use_cookies=True)
        form_reader.get("/ingresar")
        self.token = form_reader.form("/ingresar").values["csrf_token"]
        cookie = form_reader.get_cookie(app.config["SESSION_COOKIE_NAME"])
        self.client = FlaskClient(app, app.response_class)
        self.client.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie.value if cookie else "")

    def knock(self, name: str) -> float:
        typed = {"identifier": name, "password": "no es la clave", "csrf_token": self.token}
        began = time.perf_counter()
        status = self.client.post("/ingresar", data=typed).status_code
        seconds = time.perf_counter() - began
        assert status == 422, status
        return seconds


def _clinic(folder: Path) -> Path:
    preset = (PRESETS / "teleconsulta.toml").read_text("utf-8")
    path = folder / "clinic.toml"
    path.write_text(preset.replace("[sign_in]\n", f"[sign_in]\n{LIMITS}"), "utf-8")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--pairs", type=int, default=1000)
    known, unknown = measure(parser.parse_args().pairs)
    area = area_under_curve(known, unknown)
    for name, times in (("known", known), ("unknown", unknown)):
        middle = sorted(times)[len(times) // 2]
        print(f"{name:<8} n={len(times)} median {middle * 1000:.1f} ms")
    verdict = "within" if TARGET[0] <= area <= TARGET[1] else "OUTSIDE"
    print(f"AUC {area:.3f} ({verdict} {TARGET[0]}-{TARGET[1]})")


if __name__ == "__main__":
    main()
