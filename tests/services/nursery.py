"""
Servers that need not import the portal: forks of one process that has.

To import the portal takes seconds of work, and tests start a hundred servers. ``Nursery.start``
gives what ``start_kept`` gives: a keeper, which ends with its owner, and below it the command in a
session of its own. What is forked goes on as ``python -c MAIN WORDS`` would, with its own
environment, folder, output and end. Not for what gevent patches: that must come before the imports.
"""

import importlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import FileSystemBytecodeCache

from tests import spared
from tests.services import keeper
from tests.services.process import DidNotStart, Kept, tail

_NURSERY = "import sys; from tests.services import nursery; exec(nursery.main(sys.argv[1]))"


def _has_ended(handle: int, timeout: float | None) -> bool:
    """Within so many seconds; None waits for it."""
    ends = select.poll()
    ends.register(handle, select.POLLIN)
    return bool(ends.poll(None if timeout is None else timeout * 1000))


class Forked:
    """A keeper that is not this process's own child, as ``subprocess.Popen`` shows one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._handle: int | None = os.pidfd_open(pid)
        except ProcessLookupError:
            self._handle = None

    def poll(self) -> int | None:
        """None as long as it runs. How it ended is nobody's question."""
        return None if self._is_running(timeout=0) else 0

    def wait(self) -> int:
        self._is_running(timeout=None)
        return 0

    def terminate(self) -> None:
        if self._is_running(timeout=0) and self._handle is not None:
            signal.pidfd_send_signal(self._handle, signal.SIGTERM)

    def _is_running(self, timeout: float | None) -> bool:
        if self._handle is None:
            return False
        if _has_ended(self._handle, timeout):
            os.close(self._handle)
            self._handle = None
        return self._handle is not None


class Nursery:
    """Starts with the first server that is asked for, and ends when its pytest does."""

    def __init__(self, cwd: Path) -> None:
        self._cwd = cwd
        self._process: subprocess.Popen[bytes] | None = None

    def start(
        self,
        main: str,
        words: Sequence[str],
        *,
        owner_lock: Path,
        log: Path,
        env: Mapping[str, str],
    ) -> Kept:
        order = {"main": main, "words": list(words), "owner": str(owner_lock), "log": str(log)}
        order |= {"env": dict(env), "cwd": str(self._cwd)}
        nursery = self._process = self._process or self._started(env, owner_lock.parent)
        assert nursery.stdin
        assert nursery.stdout
        nursery.stdin.write(json.dumps(order).encode() + b"\n")
        nursery.stdin.flush()
        pids = nursery.stdout.readline().split()
        if not pids:
            raise DidNotStart(f"the nursery has ended:\n{tail(log)}")
        return Kept(Forked(int(pids[0])), int(pids[1]), log)

    def close(self) -> None:
        if self._process:
            self._process.communicate()
            self._process = None

    def _started(self, env: Mapping[str, str], run: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", _NURSERY, str(run / "templates")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(env),
            cwd=self._cwd,
            start_new_session=True,  # Ctrl-C is for pytest
        )


def main(templates: str) -> str:
    """
    Answer each order with the process ids of its keeper and of its server.

    Args:
        templates: the folder where all servers of the run find what one of them compiled.

    Returns: in a server what it is to run; nothing when no more orders come.
    """
    # All that a server imports on its way; nothing of it opens a database or starts a thread.
    for module in ("clinicweb.cli", "clinicweb.server", "gunicorn.workers.gthread"):
        importlib.import_module(module)
    Path(templates).mkdir(exist_ok=True)
    spared.spare(FileSystemBytecodeCache(templates))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are nobody's business but the test's
    for line in sys.stdin.buffer:
        if not os.fork():
            return _keep(json.loads(line))
    return ""


def _keep(order: dict[str, Any]) -> str:
    """Goes on as the keeper, and never comes back; or as its server."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    told = os.dup(1)
    _redirect(order["log"])
    is_alone, alone = os.pipe()
    if not (pid := os.fork()):
        os.setsid()
        os.close(is_alone)
        os.close(alone)
        os.close(told)
        return _become(order)
    os.close(alone)
    told_to_stop = keeper.hear_sigterm()
    os.read(is_alone, 1)  # it leads a session of its own: now it may be killed as a group
    os.write(told, f"{os.getpid()} {pid}\n".encode())
    os.close(told)
    keeper.keep_child(order["owner"], signal.SIGTERM, _Child(pid), told_to_stop)
    os.waitpid(pid, 0)
    os._exit(0)


def _redirect(log: str) -> None:
    sys.stdout.flush()
    for path, flags, numbers in (
        (os.devnull, os.O_RDONLY, (0,)),
        (log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, (1, 2)),
    ):
        file = os.open(path, flags, 0o644)
        for number in numbers:
            os.dup2(file, number)
        os.close(file)


def _become(order: dict[str, Any]) -> str:
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    sys.argv = ["-c", *order["words"]]
    return str(order["main"])


class _Child:
    """The keeper's own child."""

    def __init__(self, pid: int) -> None:
        self.pid, self._handle = pid, os.pidfd_open(pid)

    def wait(self, timeout: float | None = None) -> int:
        if not _has_ended(self._handle, timeout):
            raise subprocess.TimeoutExpired("server", timeout or 0)
        return 0
