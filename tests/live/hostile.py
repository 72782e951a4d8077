"""Clients that misbehave: raw frames, a neighbour who goes on talking meanwhile, rubbish."""

import contextlib
import json
import struct
import threading
import time
from pathlib import Path
from statistics import quantiles

from websockets.exceptions import ConnectionClosed

from tests.live.people import listen


def frame(data, opcode=1, mask=b"\0\0\0\0"):
    """As a client sends it; masked with nothing."""
    if len(data) < 126:
        size = struct.pack("!B", 0x80 | len(data))
    elif len(data) < 65536:
        size = struct.pack("!BH", 0x80 | 126, len(data))
    else:
        size = struct.pack("!BQ", 0x80 | 127, len(data))
    return bytes([0x80 | opcode]) + size + mask + data


def resident(portal):
    """Bytes of memory of the process that holds the sockets."""
    children = Path(f"/proc/{portal.pid}/task/{portal.pid}/children").read_text().split()
    [worker] = children
    status = Path(f"/proc/{worker}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def raw(opened):
    """The bare socket below, for what a client would never send."""
    return opened.socket


def closing_code(opened, seconds=30):
    """What the socket is closed with, within *seconds*; what comes before is of no interest."""
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            opened.recv(timeout=end - time.monotonic())
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006
    raise AssertionError("it stayed open")


def p95(seconds):
    return quantiles(seconds, n=20)[-1]


class Neighbour:
    """Somebody who goes on talking; *seconds* are how long each answer took."""

    def __init__(self, portal, cookie):
        self.opened = listen(portal.url, cookie)
        self.seconds = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.talk, daemon=True)

    def __enter__(self):
        self.opened.__enter__()
        self.thread.start()
        return self

    def __exit__(self, *_):
        end = time.monotonic() + 10
        while len(self.seconds) < 5 and time.monotonic() < end:
            time.sleep(0.05)
        self.stop.set()
        self.thread.join(10)
        self.opened.close()

    def talk(self):
        while not self.stop.wait(0.11):
            began = time.monotonic()
            self.opened.send(json.dumps({"live": "wish", "text": "x"}))
            self.opened.recv(timeout=30)
            self.seconds.append(time.monotonic() - began)


def seconds_until_cut(opened):
    """How long it still takes what is sent; nothing is read meanwhile."""
    began = time.monotonic()
    with contextlib.suppress(OSError):
        while time.monotonic() < began + 20:
            raw(opened).sendall(frame(b"0"))
            time.sleep(0.2)
    return time.monotonic() - began


def rubbish(chance):
    """What no client of ours sends: bytes, half frames, frames that are none, JSON that is none."""
    kinds = [
        lambda: chance.randbytes(chance.randrange(1, 300)),
        lambda: frame(b"x" * 100)[: chance.randrange(1, 100)],
        lambda: frame(b"\xff\xfe\xc0"),
        lambda: b"\x81\x05hello",
        lambda: frame(b"x" * 10, opcode=chance.randrange(16)),
        lambda: frame(b"[" * 8000),
        lambda: frame(b'{"live": "say", "live": ["say"], "text": {}}'),
        lambda: frame(b'{"live": null}') + frame(b"null") + frame(b"1e999") + frame(b'"\\ud800"'),
        lambda: frame(json.dumps({str(n): "x" for n in range(500)}).encode()),
        lambda: frame(b'{"live": "refuse", "key": "<script>"}'),
    ]
    return chance.choice(kinds)()
