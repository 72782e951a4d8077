"""
What an open page costs, and how soon it hears: sockets of ``/live`` against a bare flask-sock echo.

``python -m bench.chat [COUNT ...]`` prints, for the gevent worker of ``serve live``:

- memory of an idle socket, next to a bare echo of flask-sock (with its ping) on the same worker;
- the time until the last of 50 people has what one of them said, rendered for each of them, with
  that many idle sockets open; the bare one writes the same bytes to 50 and has no others open.

Both servers run one after the other in the same run; figures are of the process that holds the
sockets, after its first ten.  The kernel's own buffers are in neither.
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles

from bench.throughput import _postgres
from clinicweb.core import db, migrate
from tests.services.process import Owner, free_port
from tests.services.redis import RedisServer

COUNTS = (500, 2_000, 5_000)
GROUP = 50
ROUNDS = 40
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

    def say(self, fields: dict[str, str]) -> None:
        data = json.dumps(fields).encode()
        self.sock.sendall(bytes([0x81, 0x80 | len(data)]) + b"\0\0\0\0" + data)

    def hear(self, text: str) -> None:
        """Until *text* has come; pings and heartbeats pass by."""
        heard = b""
        while text.encode() not in heard:
            heard = heard[-200:] + self.sock.recv(4096)

    def close(self) -> None:
        self.sock.close()


def resident_kib(server: subprocess.Popen[bytes]) -> int:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    status = Path(f"/proc/{children[-1]}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])


def per_socket(server: subprocess.Popen[bytes], port: int, count: int, stack: ExitStack) -> float:
    """KiB of each of *count* sockets, which stay open as long as *stack* does."""
    for number in range(10):
        stack.callback(Line(port, number + 1).close)
    time.sleep(1)
    before = resident_kib(server)
    for number in range(10, count):
        stack.callback(Line(port, number + 1).close)
    time.sleep(2)
    return (resident_kib(server) - before) / (count - 10)


def spread_seconds(port: int) -> list[float]:
    """How long it takes until the last of a group has what one of it said."""
    lines = [Line(port, number) for number in range(1, GROUP + 1)]
    found = []
    for number in range(ROUNDS):
        text = f"said-{number}-"
        began = time.monotonic()
        lines[number % GROUP].say({"live": "say", "to": str(GROUP), "text": text})
        for line in lines:
            line.hear(text)
        found.append(time.monotonic() - began)
    for line in lines:
        line.close()
    return found


@contextmanager
def _server(code: str, *arguments: str, port: int, **settings: str) -> Iterator[subprocess.Popen]:
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


def bare(count: int) -> tuple[float, list[float]]:
    port = free_port()
    with _server(ECHO, str(port), port=port) as server:
        spread = spread_seconds(port)
        with ExitStack() as stack:
            return per_socket(server, port, count, stack), spread


def ours(count: int, settings: dict[str, str]) -> tuple[float, list[float]]:
    port = free_port()
    options = ("--host=127.0.0.1", f"--port={port}", f"--sockets={count + 2 * GROUP}")
    with _server(LIVE, *options, port=port, **settings) as server, ExitStack() as stack:
        return per_socket(server, port, count, stack), spread_seconds(port)


def _row(
    count: int, bare_kib: float, bare_seconds: list[float], kib: float, seconds: list[float]
) -> str:
    def figures(found: list[float]) -> str:
        return f"{median(found) * 1000:>9.1f}{quantiles(found, n=50)[-1] * 1000:>8.1f}"

    memory = f"{count:>8}{bare_kib:>8.1f}{kib:>8.1f}{kib / bare_kib:>8.2f}"
    ratio = f"{median(seconds) / median(bare_seconds):>8.2f}"
    return memory + figures(bare_seconds) + figures(seconds) + ratio


def main() -> int:
    counts = [int(word) for word in sys.argv[1:]] or COUNTS
    print("idle sockets on one gevent worker: KiB each, bare flask-sock echo and /live")
    print(f"last of {GROUP}, ms: bare p50, p98; /live p50, p98; ratio of the medians")
    print(
        f"{'sockets':>8}{'bare':>8}{'/live':>8}{'ratio':>8}{'p50':>9}{'p98':>8}{'p50':>9}{'p98':>8}"
    )
    with tempfile.TemporaryDirectory(prefix="clinicweb-bench-chat-") as folder, _postgres() as url:
        Path(folder).chmod(0o755)
        lock = Path(folder) / "owner.lock"
        owner = Owner(lock)
        redis = RedisServer(Path(folder) / "redis", owner_lock=lock)
        redis.start()
        migrate.upgrade(url)
        db.Database(url).dispose()
        settings = {"DATABASE_URL": url, "REDIS_URL": redis.url, "DATA_DIR": folder}
        try:
            for count in counts:
                print(_row(count, *bare(count), *ours(count, settings)), flush=True)
        finally:
            redis.stop()
            owner.leave()
    return 0


if __name__ == "__main__":
    sys.exit(main())
