"""
Handing a text message over by JSON over HTTP: ``POST {to, text, id}``.

2xx: taken.  401: we are not let in, whatever the message.  408, 425, 429 and all but 4xx: not now.
Any other 4xx: never.
"""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from socket import SHUT_RDWR, socket
from urllib.parse import urlsplit

from clinicweb.core import clock
from clinicweb.core.text import clean_line
from clinicweb.notifications.delivery import Delayed, Refused, Unanswered, Unreachable
from clinicweb.notifications.sms import TextMessage

# Without a word for so long, and in all: whoever answers a letter a second is away too.
TIMEOUT_SECONDS, LONGEST_SECONDS = 10, 30
LONGEST_ANSWER_BYTES = 1000
_ACCEPTED, _CLIENT_ERRORS = range(200, 300), range(400, 500)
_UNKNOWN_SENDER = 401
_LATER = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """
    One request for each message; no redirect is followed, no proxy asked.

    Args:
        url: https, or http on this machine; the settings see to it.
        token: sent as ``Authorization: Bearer``; none where it is empty.
        tls: which certificates are trusted; those of the machine by default.
    """

    url: str = field(repr=False)
    token: str = field(default="", repr=False)
    timeout_seconds: float = TIMEOUT_SECONDS
    longest_seconds: float = LONGEST_SECONDS
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def deliver(self, message: TextMessage) -> None:
        with self._connected() as connection:
            _judge(*self._ask(connection, message))

    @contextmanager
    def _connected(self) -> Iterator[HTTPConnection]:
        parts = urlsplit(self.url)
        host, timeout = parts.hostname or "", self.timeout_seconds
        connection = (
            HTTPSConnection(host, parts.port, timeout=timeout, context=self.tls)
            if parts.scheme == "https"
            else HTTPConnection(host, parts.port, timeout=timeout)
        )
        try:
            connection.connect()
        except OSError as problem:  # also of TLS, of names, and time-outs
            connection.close()
            raise Unreachable(_described(problem)) from problem
        try:
            yield connection
        finally:
            connection.close()

    def _ask(self, connection: HTTPConnection, message: TextMessage) -> tuple[HTTPResponse, str]:
        parts = urlsplit(self.url)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        body = json.dumps(asdict(message)).encode()
        with _hanging_up(connection.sock, self.longest_seconds) as has_hung_up:
            try:
                connection.request("POST", path, body, headers)
                response = connection.getresponse()
            except (OSError, HTTPException) as problem:
                # Perhaps it was taken: it costs an attempt, so that it is not sent for ever.
                raise Unanswered(_described(problem)) from problem
            if has_hung_up.is_set():  # the beginning of a number can look like a number
                raise Unanswered("no whole answer in time")
            return response, _beginning(response)


@contextmanager
def _hanging_up(connected: socket, seconds: float) -> Iterator[threading.Event]:
    """A time-out begins anew with each byte; this one does not."""
    has_hung_up = threading.Event()

    def hang_up() -> None:
        has_hung_up.set()
        with suppress(OSError):
            socket.shutdown(connected, SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield has_hung_up
    finally:
        timer.cancel()


def _beginning(response: HTTPResponse) -> str:
    """What it says, for who looks into the table; its status counts, however the rest ends."""
    with suppress(OSError, HTTPException, ValueError):
        return clean_line(response.read(LONGEST_ANSWER_BYTES).decode(errors="replace"))
    return ""


def _judge(response: HTTPResponse, said: str) -> None:
    status, told = response.status, f"{response.status} {said}".strip()
    if status in _ACCEPTED:
        return
    if status == _UNKNOWN_SENDER:
        raise Unreachable(told)
    if status in _CLIENT_ERRORS and status not in _LATER:
        raise Refused(told)
    raise Delayed(told, retry_after=_retry_after(response.getheader("Retry-After", "")))


def _retry_after(text: str) -> timedelta | None:
    """Seconds or a date, as HTTP has it."""
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**9))
    try:
        return parsedate_to_datetime(text) - clock.now()
    except (ValueError, TypeError):  # no date, or one without a zone
        return None


def _described(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"
