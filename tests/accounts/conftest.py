"""
What the tests of the way in share.

- ``ruts``: Ana, Clara and Dora may also sign in by RUT;
- ``strict_app``: the portal of a clinic that allows few failures (``tests.accounts.door``).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask

from clinicweb.accounts import passwords
from clinicweb.core import db
from tests import cast
from tests.accounts.door import RUTS, add_document, clinic_file
from tests.pages import make_app


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
