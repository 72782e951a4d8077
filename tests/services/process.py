"""Processes of the tests: where they live, who owns them, how they start and stop."""

import fcntl
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

# A busy machine takes long; who never starts is told of just the same.
START_SECONDS = 90
# Below those of outgoing connections, above those that browsers refuse; each process of the tests
# begins elsewhere.
_PORTS = range(12_000, 32_000)
_ports = itertools.cycle((*_PORTS[(start := os.getpid() * 613 % len(_PORTS)) :], *_PORTS[:start]))
_KEEPER = Path(__file__).with_name("keeper.py")


class DidNotStart(RuntimeError):
    """A server of the tests ended, or stayed silent, instead of answering."""


class Owner:
    """This process, as the holder of a lock: the servers it owns stop when the lock is free."""

    def __init__(self, lock_path: Path) -> None:
        self.lock_path = lock_path
        self._file = lock_path.open("wb")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def leave(self) -> None:
        self._file.close()


class Keeper(Protocol):
    """What ``subprocess.Popen`` is, too."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def terminate(self) -> None: ...

    def wait(self) -> int: ...


@dataclass(frozen=True)
class Kept:
    """A running command and its keeper."""

    keeper: Keeper
    pid: int
    log: Path

    @property
    def is_running(self) -> bool:
        return self.keeper.poll() is None

    def stop(self) -> None:
        self.keeper.terminate()
        self.keeper.wait()

    def kill(self) -> None:
        """SIGKILL to the command and all its children."""
        if self.is_running:
            os.killpg(self.pid, signal.SIGKILL)
        self.keeper.wait()


def start_kept(
    command: Sequence[str],
    *,
    owner_lock: Path,
    log: Path,
    stop_signal: signal.Signals = signal.SIGTERM,
    remove: Path | None = None,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> Kept:
    keeper_command = [sys.executable, "-I", "-S", str(_KEEPER), str(owner_lock)]
    keeper_command += [str(int(stop_signal)), str(remove or ""), *command]
    with log.open("ab") as output:
        keeper = subprocess.Popen(
            keeper_command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            env=env,
            cwd=cwd,
            start_new_session=True,  # Ctrl-C is for pytest, which then stops them in order
        )
    with keeper.stdout as pipe:  # type: ignore[union-attr]
        first_line = pipe.readline()
    if not first_line:
        keeper.wait()
        raise DidNotStart(f"{command[0]} could not be run:\n{tail(log)}")
    return Kept(keeper, int(first_line), log)


def wait_until_ready(kept: Kept, is_ready: Callable[[], bool]) -> None:
    """Raises DidNotStart, with the end of its log, and leaves no process then."""
    deadline = time.monotonic() + START_SECONDS
    while not is_ready():
        if not kept.is_running or time.monotonic() > deadline:
            kept.kill()
            raise DidNotStart(f"no answer; the end of {kept.log}:\n{tail(kept.log)}")
        time.sleep(0.05)


def tail(log: Path, *, characters: int = 6000) -> str:
    text = log.read_text(errors="replace") if log.exists() else "(no log)"
    return text[-characters:]


def free_port() -> int:
    """
    A port to listen on, none that was given before.

    Not one that the system gives to whoever connects somewhere: between this look and the start
    of the server, or while it is down, that may be anybody.
    """
    while True:
        port = next(_ports)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def answers_tcp(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def find_program(name: str, *patterns: str) -> str:
    """
    The path of *name*, looked for in PATH, then by *patterns* such as "usr/lib/x/*/bin/name".

    A missing program fails the test: a skipped test proves nothing and looks like success.
    """
    if found := shutil.which(name):
        return found
    for pattern in patterns:
        if found_here := sorted(Path("/").glob(pattern), key=lambda path: (len(str(path)), path)):
            return str(found_here[-1])
    pytest.fail(f"{name} is not installed; `make test` or tools/setup-system installs it", False)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process of the run at a time."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run_folder() -> Path:
    """A new folder which an unprivileged user may pass through."""
    base = next(filter(_is_open_to_all, (Path(tempfile.gettempdir()), Path("/tmp"))))  # noqa: S108
    folder = Path(tempfile.mkdtemp(prefix="clinicweb-tests-", dir=base))
    folder.chmod(0o711)
    return folder


def _is_open_to_all(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


def unprivileged_user() -> str | None:
    """Whom servers run as when root runs the tests; PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def as_unprivileged(command: Sequence[str]) -> list[str]:
    user = unprivileged_user()
    if user is None:
        return list(command)
    identity = pwd.getpwnam(user)
    ids = [f"--reuid={identity.pw_uid}", f"--regid={identity.pw_gid}", "--clear-groups"]
    return [find_program("setpriv"), *ids, "--", *command]


def private_folder(folder: Path) -> Path:
    """Makes *folder* for the user whom the servers run as, closed to all others."""
    folder.mkdir(mode=0o700)
    if user := unprivileged_user():
        shutil.chown(folder, user)
    return folder
