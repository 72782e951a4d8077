"""
What the tests of the way in share.

- ``ruts``: Ana, Clara and Dora may also sign in by RUT;
- ``strict_app``: the portal of a clinic that allows few failures (``tests.accounts.door``);
- ``stored``, ``kept``: a database without a portal, both kinds or SQLite alone;
- ``office_app``: a clinic that asks for a code each time; ``stranger``: ``stranger()`` is a
  browser there;
- ``office``: the portal of a preset and its worker (``tests.accounts.office``).
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from argon2 import PasswordHasher
from flask import Flask

from clinicweb.accounts import passwords
from clinicweb.core import db
from tests import cast
from tests.accounts.door import RUTS, add_document, clinic_file
from tests.accounts.helped import clinic_file as clinic_of
from tests.accounts.office import Office, fill_records
from tests.checked_client import CheckedClient
from tests.pages import make_app

# As in ``oficina-virtual``.
ASKS_FOR_A_CODE = (
    '[sign_in]\nsecond_factor = "always"\n',
    (
        '[labels]\nwelcome = "Bienvenido, ya estás en la plataforma de agendamiento, '
        'oficina virtual del portal web."\n'
    ),
)


@pytest.fixture(autouse=True)
def cheap_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusing strangers costs the tests what refusing the cast does: next to nothing."""
    monkeypatch.setattr(passwords, "_nobodys_hash", cast._password_hash)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """New passwords cost as little."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", cheap)


@pytest.fixture
def ruts(app: Flask) -> dict[str, str]:
    for username, rut in RUTS.items():
        add_document(username, rut)
    return RUTS


@pytest.fixture
def strict_app(clinic_url: str, tmp_path: Path) -> Iterator[Flask]:
    yield make_app(clinic_url, tmp_path, clinic=str(clinic_file(tmp_path)))
    db.current().dispose()


@pytest.fixture
def office_app(clinic_url: str, tmp_path: Path) -> Iterator[Flask]:
    yield make_app(clinic_url, tmp_path, clinic=clinic_of(tmp_path, *ASKS_FOR_A_CODE))
    db.current().dispose()


@pytest.fixture
def stranger(office_app: Flask) -> Callable[[], CheckedClient]:
    return lambda: CheckedClient(office_app, use_cookies=True)


@pytest.fixture
def office(
    any_office_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Office]]:
    """
    ``office("afiliados")`` is that preset's portal, with Rita and her son in its records.

    With a gateway, ``sms_gateway_url=GATEWAY``, it sends text messages as well.
    """
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))

    def opened(preset: str, **settings: object) -> Office:
        app = make_app(any_office_url, tmp_path, clinic=preset, **settings)
        with db.current().writing() as session:
            fill_records(session)
        return Office(app, preset)

    yield opened
    db.current().dispose()


@pytest.fixture
def any_office_url(request: pytest.FixtureRequest) -> str:
    """SQLite; tests that race ask for both databases by parametrizing this one."""
    of_kind = {"sqlite": "clinic_url", "postgres": "postgres_clinic_url"}
    url: str = request.getfixturevalue(of_kind[getattr(request, "param", "sqlite")])
    return url


@pytest.fixture
def stored(any_clinic_url: str) -> Iterator[None]:
    """A database is there, and no portal: once on SQLite, once on PostgreSQL."""
    db.configure(db.Database(any_clinic_url))
    yield
    db.current().dispose()


@pytest.fixture
def kept(clinic_url: str) -> Iterator[None]:
    """The same, for what no database decides."""
    db.configure(db.Database(clinic_url))
    yield
    db.current().dispose()


@pytest.fixture
def crowded() -> Callable[[int, Callable[[int], object]], list[Exception]]:
    """``crowded(50, act)`` calls ``act(0)`` to ``act(49)`` at once; what they raised comes back."""

    def run(count: int, act: Callable[[int], object]) -> list[Exception]:
        start, raised = Barrier(count), []

        def one(number: int) -> None:
            start.wait()
            try:
                act(number)
            except Exception as error:  # noqa: BLE001  the test looks at it
                raised.append(error)

        with ThreadPoolExecutor(count) as pool:
            list(pool.map(one, range(count)))
        return raised

    return run
