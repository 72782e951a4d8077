"""
A bad line between two network namespaces: so many bits a second, a delay, losses, a full queue.

``python -m bench.emulated_line A B`` joins them by a TUN device in each (``FIRST``, ``SECOND``) and
reads what the line is to be from its input, a JSON object a line: ``kbit`` (0 cuts it),
``delay_ms`` one way, ``loss`` in per cent, ``queue_ms``.  Both ways are alike.  It ends with its
input.
"""

import ctypes
import fcntl
import json
import os
import random
import select
import struct
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

FIRST, SECOND = "10.77.0.1", "10.77.0.2"
_NEWNET = 0x40000000
_TUNSETIFF, _TUN, _BARE = 0x400454CA, 0x0001, 0x1000
_LARGEST = 2048


@dataclass(slots=True)
class Line:
    """As it was last asked for."""

    kbit: float = 100_000
    delay_ms: float = 0
    loss: float = 0
    queue_ms: float = 500


@dataclass(slots=True)
class Way:
    """One direction.  Times are of the monotonic clock, in seconds."""

    source: int
    target: int
    chance: random.Random
    free_at: float = 0
    flying: deque[tuple[float, bytes]] = field(default_factory=deque)

    def take(self, line: Line, packet: bytes, now: float) -> None:
        """It waits for those before it, or finds the queue full, or gets lost on the way."""
        begins = max(self.free_at, now)
        if not line.kbit or begins - now > line.queue_ms / 1000:
            return
        self.free_at = begins + len(packet) * 8 / (line.kbit * 1000)
        if self.chance.random() * 100 >= line.loss:
            self.flying.append((self.free_at + line.delay_ms / 1000, packet))

    def deliver(self, now: float) -> None:
        while self.flying and self.flying[0][0] <= now:
            os.write(self.target, self.flying.popleft()[1])

    def next_at(self) -> float:
        return self.flying[0][0] if self.flying else float("inf")


def _tun(namespace: str) -> int:
    """A device ``line0`` in *namespace*, which this process is not in afterwards."""
    library = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    away = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    _enter(library, away)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", b"line0", _TUN | _BARE))
    _enter(library, home)
    return device


def _enter(library: ctypes.CDLL, namespace: int) -> None:
    if library.setns(namespace, _NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
    os.close(namespace)


def _address(namespace: str, own: str, other: str) -> None:
    for words in (f"addr add {own} peer {other} dev line0", "link set line0 up mtu 1500"):
        subprocess.run(["ip", "-n", namespace, *words.split()], check=True)


def _read_packets(way: Way, line: Line) -> None:
    while True:
        try:
            packet = os.read(way.source, _LARGEST)
        except BlockingIOError:
            return
        if packet[0] >> 4 == 4:  # nothing of IPv6 is meant to pass
            way.take(line, packet, time.monotonic())


def _read_orders(line: Line) -> bool:
    """False at the end of the input."""
    text = os.read(0, 65536)
    for order in text.splitlines():
        for name, value in json.loads(order).items():
            setattr(line, name, value)
    return bool(text)


def run(first: str, second: str) -> None:
    line, devices = Line(), (_tun(first), _tun(second))
    _address(first, FIRST, SECOND)
    _address(second, SECOND, FIRST)
    one, other = devices
    # The same losses in every run.
    ways = (Way(one, other, random.Random(1)), Way(other, one, random.Random(2)))  # noqa: S311
    print("ready", flush=True)
    while True:
        wait = min(way.next_at() for way in ways) - time.monotonic()
        ready, _, _ = select.select([0, *devices], [], [], max(0, min(wait, 1)))
        if 0 in ready and not _read_orders(line):
            return
        for way in ways:
            if way.source in ready:
                _read_packets(way, line)
            way.deliver(time.monotonic())


class EmulatedLine:
    """The same, as a process of whoever holds it."""

    def __init__(self, first: str, second: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.emulated_line", first, second],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        if not self._process.stdout or not self._process.stdout.readline():
            raise RuntimeError("there is no line: this needs root, and TUN devices")

    def be(self, **wanted: float) -> None:
        if self._process.stdin:
            print(json.dumps(wanted), file=self._process.stdin, flush=True)

    def close(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(timeout=10)


if __name__ == "__main__":
    run(*sys.argv[1:])
