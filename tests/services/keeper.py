"""
Runs one server for the tests and outlives them by no more than a moment.

Usage: ``keeper.py OWNER_LOCK STOP_SIGNAL FOLDER COMMAND...``

The owner, a pytest process, holds a lock on the file OWNER_LOCK as long as it lives. Whatever
ends it, Ctrl-C or SIGKILL, the kernel frees the lock: the keeper sees that, stops the command's
whole process group and removes FOLDER ("" for none). SIGTERM to the keeper does the same.
Prints the process id of the command. Needs the standard library alone.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Protocol

LOOK_EVERY_SECONDS = 0.1
GRACE_SECONDS = 20


def is_gone(owner_lock: str) -> bool:
    try:
        with Path(owner_lock).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        return True
    return True


class Child(Protocol):
    """The server: it leads a session of its own."""

    @property
    def pid(self) -> int: ...

    def wait(self, timeout: float | None = None) -> int: ...


def ends_within(child: Child, seconds: float) -> bool:
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def signal_group(child: Child, number: int) -> None:
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        return


def keep(owner_lock: str, stop_signal: int, command: list[str]) -> int:
    told_to_stop = hear_sigterm()
    child = subprocess.Popen(command, stdout=sys.stderr, start_new_session=True)
    sys.stdout.write(f"{child.pid}\n")
    sys.stdout.flush()
    return keep_child(owner_lock, stop_signal, child, told_to_stop)


def hear_sigterm() -> list[int]:
    """Before anybody knows whom to send it to.  Returns: what came, from now on."""
    told_to_stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told_to_stop.append(number))
    return told_to_stop


def keep_child(owner_lock: str, stop_signal: int, child: Child, told_to_stop: list[int]) -> int:
    while not ends_within(child, LOOK_EVERY_SECONDS):
        if told_to_stop or is_gone(owner_lock):
            signal_group(child, stop_signal)
            ends_within(child, GRACE_SECONDS)
            break
    signal_group(child, signal.SIGKILL)  # also what a dead leader left behind
    return child.wait()


if __name__ == "__main__":
    lock, number, folder, *argv = sys.argv[1:]
    try:
        keep(lock, int(number), argv)
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
