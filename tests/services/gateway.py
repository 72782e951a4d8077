"""A gateway for text messages of the tests' own: JSON over HTTP, with a memory."""

import json
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.services.process import free_port

Say = Callable[[BaseHTTPRequestHandler], None]
# Seconds until what never comes is given up: long, for it measures nothing.
PATIENCE = 60.0


@dataclass(frozen=True)
class Answer:
    """What one request is told; *body* may be huge, *say* does something else altogether."""

    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    say: Say | None = None


@dataclass(frozen=True)
class Asked:
    """One request as it came over the wire."""

    path: str
    headers: dict[str, str]
    json: dict[str, Any]
    status: int


class SmsGateway:
    """
    Takes text messages on 127.0.0.1:``port``; stops and starts again on the same port.

    ``answers`` are given in their order; after the last one all are accepted.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.port = free_port()
        self.answers: list[Answer] = []
        self.asked: list[Asked] = []
        self._tls = tls
        self._arrived = threading.Condition()
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/send"

    @property
    def texts(self) -> list[dict[str, Any]]:
        """All that was accepted, oldest first."""
        return [asked.json for asked in list(self.asked) if 200 <= asked.status < 300]

    def start(self) -> None:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                gateway._take(self)

            def log_message(self, *_: Any) -> None:
                """Tests are silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        if self._tls:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
            self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def wait_for(self, count: int, *, seconds: float = PATIENCE) -> list[dict[str, Any]]:
        """Returns when *count* texts are here in all; fails when they don't come in time."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self.texts) >= count, seconds)
        assert len(self.texts) >= count, f"{len(self.texts)} of {count} texts came"
        return self.texts

    def _take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        with self._arrived:
            answer = self.answers.pop(0) if self.answers else Answer()
            headers = dict(request.headers.items())
            asked = Asked(request.path, headers, json.loads(body), answer.status)
            self.asked.append(asked)
            self._arrived.notify_all()
        with suppress(OSError):  # who asked may have heard enough
            if answer.say:
                answer.say(request)
            else:
                _say(request, answer)


def _say(request: BaseHTTPRequestHandler, answer: Answer) -> None:
    request.send_response(answer.status)
    for name, value in answer.headers.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(answer.body)))
    request.end_headers()
    request.wfile.write(answer.body)
