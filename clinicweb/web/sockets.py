"""
One WebSocket as a person's page holds it: read by the thread that serves it, written by whoever
has something to tell, never waiting for a slow reader.

flask-sock makes the handshake; its reader thread, unbounded inbox and ``send`` are not used: any
thread's ``send`` may cut another's frame in two, and one client can fill the memory with messages.
What the kernel does not take at once waits in an outbox of ``OUTBOX`` frames; one writer at a time
empties it, and ends when it is empty.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from clinicweb.core.viewer import Viewer
from clinicweb.web.buckets import Bucket

OUTBOX = 64
LARGEST_BYTES = 16 * 1024
PING_SECONDS = 25.0
# A frame that takes longer to leave is one that nobody reads.
SLOWEST_SECONDS = 8.0
_LINGER_SECONDS = 1.5
_SEND_BUFFER = 32 * 1024
_TOUCH_SECONDS = 60.0
_CHUNK = 4096
_USER_TIMEOUT_MS = 30_000

# Close codes; a page comes back after those below 4000 alone.
GOING_AWAY = 1001
NOT_TEXT = 1003
FLOOD = 1008
TOO_BIG = 1009
FAILED = 1011
RESTART = 1012
SESSION_ENDED = 4001

# What a page hears every now and then: JSON that says nothing, and shows that the line is alive.
_HEARTBEAT = "0"


class NoThread:
    """flask-sock asks for a reader: the thread that serves the request reads instead."""

    name = ""

    def __init__(self, target: object) -> None: ...

    def start(self) -> None: ...


class NoEvent:
    """Nobody waits for that reader."""

    def set(self) -> None: ...


@dataclass(slots=True)
class Person:
    """
    Who is at the other end, as the handshake and later checks found them.

    Args:
        nonce: of the page that holds the socket: parts with ``hx-`` elements carry it.
        csrf_token: of their session: forms in parts carry it.
    """

    viewer: Viewer
    language: str
    nonce: str
    csrf_token: str


class Connection:
    """One open socket; *wire* is flask-sock's, after the handshake."""

    __slots__ = (
        "_closed_at", "_is_pinged", "_is_writing", "_kernel", "_lock", "_outbox", "_pinged_at",
        "_protocol", "_rate", "_shared_rate", "_sock", "_touched_at", "_writing_since",
        "checked_at", "person",
    )  # fmt: skip

    def __init__(self, wire: Any, person: Person, rate: Bucket, shared_rate: Bucket) -> None:
        self.person = person
        self.checked_at = self._pinged_at = self._touched_at = time.monotonic()
        self._sock, self._protocol = wire.sock, wire.ws
        # Under gevent, the socket below the one that waits.
        self._kernel = getattr(wire.sock, "_sock", wire.sock)
        self._rate, self._shared_rate = rate, shared_rate
        self._outbox: list[bytes] = []
        self._lock = threading.Lock()
        self._is_writing = self._is_pinged = False
        self._writing_since: float | None = None
        self._closed_at: float | None = None
        _tune(self._sock)

    @property
    def is_open(self) -> bool:
        return self._closed_at is None

    # Reading: in the thread that serves the socket.

    def messages(self) -> Iterator[str]:
        """Each whole text that comes in, until the socket ends."""
        parts: list[str] = []
        size = 0
        for event in self._events():
            if isinstance(event, TextMessage):
                parts.append(event.data)
                size += len(event.data.encode())
                if size > LARGEST_BYTES:
                    self.close(TOO_BIG)
                elif event.message_finished:
                    yield "".join(parts)
                if event.message_finished or self._closed_at:
                    parts, size = [], 0
            elif isinstance(event, BytesMessage):
                self.close(NOT_TEXT)

    def _events(self) -> Iterator[Event]:
        while chunk := self._receive():
            # What comes after the goodbye is read, lest a reset overtakes it, and forgotten; not
            # for ever: the kernel goes on taking from who floods, whatever was shut down here.
            if self._closed_at:
                if time.monotonic() - self._closed_at > _LINGER_SECONDS:
                    return
                continue
            try:
                self._protocol.receive_data(chunk)
                yield from self._admitted()
            except (LocalProtocolError, RemoteProtocolError):
                self.hang_up()

    def _admitted(self) -> Iterator[Event]:
        """Those of the present chunk; what belongs to the protocol alone is answered here."""
        for event in self._protocol.events():
            if self._closed_at:
                return
            if isinstance(event, Pong):
                self._is_pinged = False
            elif isinstance(event, CloseConnection):
                self._leave(event)
            elif _counts(event) and not (self._rate.take() and self._shared_rate.take()):
                self.close(FLOOD)
            elif isinstance(event, Ping):
                self._put(event.response())
            else:
                yield event

    def _receive(self) -> bytes:
        try:
            data: bytes = self._sock.recv(_CHUNK)
        except OSError:
            return b""
        return data

    def _leave(self, event: CloseConnection) -> None:
        """They said goodbye, or what came in is no WebSocket: the event's code says which."""
        with contextlib.suppress(LocalProtocolError):
            self._put(event.response())
        self._end()

    def touch(self, note: Callable[[int], None]) -> None:
        """*note*, at most once a minute, that the person of this session is still there."""
        now = time.monotonic()
        if now - self._touched_at >= _TOUCH_SECONDS:
            self._touched_at = now
            note(self.person.viewer.session_id)

    # Writing: from any thread.

    def send(self, text: str) -> None:
        """Put *text* into the outbox; a connection whose outbox is full is cut."""
        self._put(TextMessage(data=text.strip()))

    def close(self, code: int) -> None:
        """Say goodbye, after what already waits."""
        self._put(CloseConnection(code=code))
        self._end()

    def hang_up(self) -> None:
        """End it now, whatever waits; both who reads and who writes wake up."""
        self._end()
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """After the last message; gunicorn's own goodbye would keep others at its door waiting."""
        self.hang_up()
        self._sock.close()

    def _put(self, event: Event) -> None:
        with self._lock:
            if self._closed_at:
                return
            is_full = len(self._outbox) >= OUTBOX
            rest = b"" if is_full else self._left_of(bytes(self._protocol.send(event)))
            if rest:
                self._outbox.append(rest)
            must_write = bool(rest) and not self._is_writing
            self._is_writing = self._is_writing or must_write
        if is_full:
            self.hang_up()
        elif must_write:
            threading.Thread(target=self._write, daemon=True).start()

    def _left_of(self, frame: bytes) -> bytes:
        """After the kernel took what it has room for: mostly nothing, and no writer is needed."""
        if self._is_writing:
            return frame
        try:
            return frame[self._kernel.send(frame, socket.MSG_DONTWAIT) :]
        except OSError:  # no room, or the line is gone: the writer finds out which
            return frame

    def _end(self) -> None:
        with self._lock:
            self._closed_at = self._closed_at or time.monotonic()
            is_idle = not self._is_writing
        if is_idle:
            self._say_no_more()

    def _write(self) -> None:
        while frames := self._take():
            try:
                self._sock.sendall(frames)
            except OSError:
                self.hang_up()
                return
        if self._closed_at:
            self._say_no_more()

    def _take(self) -> bytes:
        """All that waits; nothing means that the writer ends."""
        with self._lock:
            frames = b"".join(self._outbox)
            self._outbox.clear()
            self._is_writing = bool(frames)
            self._writing_since = time.monotonic() if frames else None
        return frames

    def _say_no_more(self) -> None:
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    # Watched over: by one thread for all.

    def tend(self, now: float) -> None:
        """Ping, or cut who does not read, answer or leave.  *now* as of ``time.monotonic``."""
        if self._is_overdue(now):
            self.hang_up()
        elif not self._closed_at and now - self._pinged_at >= PING_SECONDS:
            if self._is_pinged:
                # Whose answer we have had no time to read is not to blame.
                if not self._has_unread():
                    self.hang_up()
                return
            self._is_pinged, self._pinged_at = True, now
            self._put(Ping())
            self.send(_HEARTBEAT)

    def _has_unread(self) -> bool:
        try:
            return bool(self._kernel.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except OSError:
            return False

    def _is_overdue(self, now: float) -> bool:
        writing_since, closed_at = self._writing_since, self._closed_at
        if writing_since and now - writing_since > SLOWEST_SECONDS:
            return True
        return bool(closed_at and now - closed_at > _LINGER_SECONDS)


def _counts(event: Event) -> bool:
    """A part of a frame is no frame: a long message comes in several chunks."""
    return bool(getattr(event, "frame_finished", True))


def _tune(sock: socket.socket) -> None:
    # Small, so that it shows soon who does not read; and a line that died is found out.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
    with contextlib.suppress(OSError):  # behind a proxy it may be a socket of this machine
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _USER_TIMEOUT_MS)
