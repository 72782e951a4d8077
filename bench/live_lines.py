"""Servers and clients of the benchmarks of sockets: ``serve live``, a bare echo, lines."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from tests.live.hostile import frame

_START_SECONDS = 60

# A person for each socket would cost a sign-in each: here the cookie is believed, and the checks of
# sessions find everybody.
LIVE = """

import sys
from flask import g, request
from clinicweb.accounts import open_sessions
from clinicweb.core import events
from clinicweb.core.events import Event
from clinicweb.core.viewer import PATIENT, Viewer
from clinicweb.web import live
import clinicweb.server as server
def person(number): return Viewer(number, number, "Ana", frozenset({PATIENT}))
open_sessions.OpenSessions.find = lambda self, ids: {one: person(one) for one in ids}
open_sessions.OpenSessions.touch = lambda self, one: None
make = server.create_app
def with_people(*args, **options):
    app = make(*args, **options)
    def believe():
        g.viewer = person(int(request.headers.get("X-Number", 0)))
    hooks = app.before_request_funcs[None]
    hooks.insert(len(hooks) - 1, believe)
    return app
server.create_app = with_people
def say(viewer, fields):
    group = frozenset(range(1, int(fields["to"]) + 1))
    events.signal(Event("bench.said", group, {"text": fields["text"]}))
live.handles("say", say)
live.renders("bench.said", lambda viewer, event: "<p>" + event.ids["text"] + "</p>")
from clinicweb.live_server import main
main()
"""
ECHO = """
import sys
from flask import Flask
from flask_sock import Sock
from gunicorn.app.base import BaseApplication
app = Flask(__name__)
app.config["SOCK_SERVER_OPTIONS"] = {"ping_interval": 25}
sock = Sock(app)
@app.get("/salud")
def health(): return "ok"
everybody = set()
@sock.route("/live")
def echo(ws):
    everybody.add(ws)
    try:
        while True:
            text = ws.receive()
            for other in everybody if text[0] == "{" else [ws]:
                other.send(text)
    finally:
        everybody.discard(ws)
class Server(BaseApplication):
    def load_config(self):
        for name, value in {"bind": [f"127.0.0.1:{sys.argv[1]}"], "worker_class": "gevent",
                            "worker_connections": 20000, "control_socket_disable": True}.items():
            self.cfg.set(name, value)
    def load(self): return app
Server().run()
"""


class Line:
    """As little of a client as holds a socket: thousands of them in one process."""

    open_ones: ClassVar[set["Line"]] = set()

    def __init__(self, port: int, number: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.sock.sendall(
            f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nOrigin: http://127.0.0.1:{port}\r\nX-Number: {number}\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.sock.recv(1)
        if b" 101 " not in answer:
            raise RuntimeError(answer.decode())
        Line.open_ones.add(self)

    def say(self, fields: dict[str, str]) -> None:
        self.shout(json.dumps(fields))

    def shout(self, text: str) -> None:
        self.sock.sendall(frame(text.encode()))

    def hear(self, text: str, patience: float = 30) -> None:
        """Until *text* has come; pings and heartbeats pass by."""
        heard, end = b"", time.monotonic() + patience
        while text.encode() not in heard:
            if time.monotonic() > end:
                raise RuntimeError(f"{text} did not come, but {heard!r}")
            came = self.sock.recv(65536)
            if not came:
                raise RuntimeError(f"cut while waiting for {text}, after {heard!r}")
            heard = heard[-200:] + came

    def close(self) -> None:
        Line.open_ones.discard(self)
        self.sock.close()


def answer_pings() -> None:
    """Of all lines, unasked: who answers none for a minute is cut."""

    def answer() -> None:
        while True:
            time.sleep(10)
            for line in list(Line.open_ones):
                with contextlib.suppress(OSError):
                    line.sock.sendall(frame(b"", opcode=10))

    threading.Thread(target=answer, daemon=True).start()


@contextmanager
def server(code: str, *arguments: str, port: int, **settings: str) -> Iterator[subprocess.Popen]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CLINICWEB_")}
    environment |= {f"CLINICWEB_{name}": value for name, value in settings.items()}
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-c", code, *arguments]
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait(port)
            yield server
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read().decode()[-3000:])
            raise
        finally:
            server.terminate()
            server.wait(timeout=60)


def _wait(port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            time.sleep(1)
            return
