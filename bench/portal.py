"""A real ``clinicweb serve`` on a small clinic, for the time of a benchmark."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clinicweb.core import db, migrate
from tests import cast
from tests.services.process import free_port

_START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Portal:
    """Where it answers, and the database behind it."""

    url: str
    database_url: str
    data_dir: Path


@contextmanager
def served_portal(database_url: str = "", *, extra: str = "") -> Iterator[Portal]:
    """The cast's clinic, by default on SQLite in a folder of its own; *extra* code runs first."""
    with tempfile.TemporaryDirectory(prefix="clinicweb-bench-") as folder:
        url = database_url or f"sqlite:///{folder}/clinicweb.db"
        migrate.upgrade(url)
        database = db.Database(url)
        with database.writing() as session:
            cast.fill(session)
        database.dispose()
        port = free_port()
        portal = Portal(f"http://127.0.0.1:{port}", url, Path(folder))
        server = _start(portal, port, extra)
        try:
            _wait(portal)
            yield portal
        finally:
            server.terminate()
            server.wait(timeout=20)


def _start(portal: Portal, port: int, extra: str) -> subprocess.Popen[bytes]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CLINICWEB_")},
        "CLINICWEB_DATABASE_URL": portal.database_url,
        "CLINICWEB_DATA_DIR": str(portal.data_dir),
        "CLINICWEB_BASE_URL": portal.url,
        "CLINICWEB_RATE_LIMIT": "1000000 per minute",
    }
    code = extra + "\nimport sys; from clinicweb.cli import main; sys.exit(main())"
    with (portal.data_dir / "server.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-c", code, "serve", "--port", str(port)],
            env=environment, stdout=log, stderr=log,
        )  # fmt: skip


def _wait(portal: Portal) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{portal.url}/salud", timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError((portal.data_dir / "server.log").read_text())
