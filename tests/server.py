"""
The real ``clinicweb serve`` for tests that must not be fooled by a test client.

Fixture ``serve``: ``serve(DATABASE_URL=..., MAIL_PORT=...)`` starts one with these settings (the
prefix CLINICWEB_ is added) on a free port and gives a ``PortalServer``; several may run at once,
all are gone when the test ends. When a test fails, the servers' logs stand in its report.
"""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from tests.services.nursery import Nursery
from tests.services.process import Kept, free_port, start_kept, tail, wait_until_ready

ROOT = Path(__file__).parent.parent
PREFIX = "CLINICWEB_"
SERVERS = pytest.StashKey["list[PortalServer]"]()
NURSERY = Nursery(ROOT)
_MAIN = "import sys; from clinicweb.cli import main; sys.exit(main())"


class PortalServer:
    """One served portal. Stops, dies and starts again on the same port, with the same data."""

    MAIN = _MAIN

    def __init__(
        self, folder: Path, *, owner_lock: Path, command: tuple[str, ...], settings: dict[str, str]
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self.settings = {"DATA_DIR": str(folder), "BASE_URL": self.url} | settings
        self._owner_lock = owner_lock
        self._command = (*command, "--host", "127.0.0.1", "--port", str(self.port))
        self._kept: Kept | None = None

    @property
    def pid(self) -> int:
        """The leader of the server's process group."""
        assert self._kept, "the server was never started"
        return self._kept.pid

    @property
    def is_running(self) -> bool:
        return self._kept is not None and self._kept.is_running

    def start(self) -> None:
        """Returns when /salud answers; raises DidNotStart with the log when it never does."""
        env = environment(self.settings)
        if "live" in self._command:  # gevent comes before all imports, or never
            command = [sys.executable, "-c", self.MAIN, *self._command]
            self._kept = start_kept(
                command, owner_lock=self._owner_lock, log=self.log, env=env, cwd=ROOT
            )
        else:
            self._kept = NURSERY.start(
                self.MAIN, self._command, owner_lock=self._owner_lock, log=self.log, env=env
            )
        wait_until_ready(self._kept, self.is_healthy)

    def stop(self) -> None:
        """SIGTERM: requests under way may finish."""
        if self._kept:
            self._kept.stop()

    def kill(self) -> None:
        """SIGKILL to all processes at once, as when the machine loses power."""
        if self._kept:
            self._kept.kill()

    def run(self, *words: str) -> str:
        """Another command of the same installation.  Returns what it says."""
        done = subprocess.run(
            [sys.executable, "-c", _MAIN, *words],
            env=environment(self.settings),
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/salud", timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def environment(settings: dict[str, str]) -> dict[str, str]:
    """This process's environment with *settings* as the only ones of the portal."""
    others = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    return others | {PREFIX + name: value for name, value in settings.items()}


def pytest_unconfigure() -> None:
    NURSERY.close()


@pytest.fixture
def serve(
    request: pytest.FixtureRequest, tmp_path: Path, owner_lock: Path
) -> Iterator[Callable[..., PortalServer]]:
    servers = request.node.stash.setdefault(SERVERS, [])

    def start(*command: str, **settings: str) -> PortalServer:
        folder = tmp_path / f"server-{len(servers) + 1}"
        folder.mkdir()
        server = PortalServer(
            folder, owner_lock=owner_lock, command=command or ("serve",), settings=settings
        )
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.kill()  # nobody waits for its goodbyes


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        for server in item.stash.get(SERVERS, []):
            report.sections.append((f"log of {server.url}", tail(server.log)))
    return report
