"""One end of a socket: what may come in, what may wait, and who is cut."""

import socket
import threading
import time
from types import SimpleNamespace

import pytest
from wsproto.connection import Connection as Protocol
from wsproto.connection import ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage

from clinicweb.core.viewer import PATIENT, Viewer
from clinicweb.web import sockets
from clinicweb.web.buckets import Bucket
from clinicweb.web.sockets import Connection, Person

ANA = Viewer(1, 1, "Ana", frozenset({PATIENT}))
PATIENCE_SECONDS = 30


class Page:
    """The other end, as a browser has it."""

    def __init__(self, sock):
        self.sock = sock
        self.protocol = Protocol(ConnectionType.CLIENT)
        sock.settimeout(PATIENCE_SECONDS)

    def send(self, event):
        self.sock.sendall(self.protocol.send(event))

    def events(self):
        """All that comes, until the line ends."""
        while data := self._received():
            self.protocol.receive_data(data)
            yield from self.protocol.events()

    def _received(self):
        try:
            return self.sock.recv(65536)
        except OSError:
            return b""

    def texts(self):
        """Whole messages alone."""
        parts = []
        for event in self.events():
            if isinstance(event, TextMessage):
                parts.append(event.data)
                if event.message_finished:
                    yield "".join(parts)
                    parts = []

    def close_code(self):
        return next((e.code for e in self.events() if isinstance(e, CloseConnection)), None)


@pytest.fixture
def line():
    ours, theirs = socket.socketpair()
    wire = SimpleNamespace(sock=ours, ws=Protocol(ConnectionType.SERVER))
    connection = Connection(wire, Person(ANA, "es", "", ""), Bucket(1e9, 1), Bucket(1e9, 1))
    yield connection, Page(theirs)
    connection.hang_up()
    ours.close()
    theirs.close()


def reading(connection):
    """A thread that reads as the server's does; its list fills with what came."""
    got = []
    thread = threading.Thread(target=lambda: got.extend(connection.messages()), daemon=True)
    thread.start()
    return got, thread


def test_what_eight_threads_send_arrives_whole(line, record_property):
    connection, page = line
    texts = {f"{thread}-{number}-" + "x" * 500 for thread in range(8) for number in range(400)}
    room = threading.Semaphore(sockets.OUTBOX)

    def send(thread):
        for text in sorted(text for text in texts if text.startswith(f"{thread}-")):
            room.acquire()
            connection.send(text)

    for thread in range(8):
        threading.Thread(target=send, args=(thread,), daemon=True).start()
    got = []
    for text in page.texts():
        got.append(text)
        room.release()
        if len(got) == len(texts):
            break

    record_property("intact", len(texts & set(got)))
    assert sorted(got) == sorted(texts)
    for thread in range(8):
        mine = [int(text.split("-")[1]) for text in got if text.startswith(f"{thread}-")]
        assert len(mine) == 400


def test_who_does_not_read_is_cut_and_holds_nobody_up(line):
    connection, _page = line
    _got, thread = reading(connection)
    began = time.monotonic()

    for _ in range(10 * sockets.OUTBOX):
        connection.send("x" * 4000)

    assert time.monotonic() - began < PATIENCE_SECONDS / 2
    assert not connection.is_open
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


def test_a_frame_that_does_not_leave_in_time_cuts_its_reader(line):
    connection, _page = line
    _got, thread = reading(connection)
    for _ in range(20):
        connection.send("x" * 60_000)
    connection.tend(time.monotonic())
    was_open = connection.is_open

    connection.tend(time.monotonic() + sockets.SLOWEST_SECONDS + 1)

    thread.join(PATIENCE_SECONDS)
    assert was_open
    assert not thread.is_alive()


def test_who_answers_no_ping_is_cut_after_the_next(line):
    connection, page = line
    _got, thread = reading(connection)
    now = time.monotonic()

    connection.tend(now + sockets.PING_SECONDS)
    next(event for event in page.events() if isinstance(event, Ping))
    first = connection.is_open
    connection.tend(now + 2 * sockets.PING_SECONDS)

    thread.join(PATIENCE_SECONDS)
    assert first
    assert not connection.is_open
    assert not thread.is_alive()


def test_whose_answer_waits_for_a_busy_server_is_not_cut(line):
    connection, page = line
    now = time.monotonic()

    connection.tend(now + sockets.PING_SECONDS)
    page.send(Pong())
    connection.tend(now + 2 * sockets.PING_SECONDS)
    was_open = connection.is_open
    got, _thread = reading(connection)
    page.send(TextMessage(data="hola"))
    wait_for(lambda: got == ["hola"])
    connection.tend(now + 3 * sockets.PING_SECONDS)

    assert was_open
    assert connection.is_open


def test_who_answers_each_ping_stays(line):
    connection, page = line
    got, _thread = reading(connection)
    now = time.monotonic()

    for number in range(1, 4):
        connection.tend(now + number * sockets.PING_SECONDS)
        heard = page.events()
        next(event for event in heard if isinstance(event, Ping))
        page.send(Pong())
        page.send(TextMessage(data=str(number)))
        wait_for(lambda number=number: len(got) == number)

    assert connection.is_open


def test_a_minute_in_which_nothing_is_said_weighs_next_to_nothing(line, record_property):
    connection, page = line
    reading(connection)
    began, bytes_of_minute = time.monotonic(), 0

    for second in range(60):
        connection.tend(began + second)
        if connection._is_pinged:
            data = page.sock.recv(65536)
            page.protocol.receive_data(data)
            pong = page.protocol.send(Pong())
            page.sock.sendall(pong)
            bytes_of_minute += len(data) + len(pong)
            wait_for(lambda: not connection._is_pinged)

    record_property("idle_minute_bytes", bytes_of_minute)
    assert 0 < bytes_of_minute <= 1024


def test_parts_of_a_message_are_put_together_and_no_more_than_so_many(line):
    connection, page = line
    got, thread = reading(connection)

    page.send(TextMessage(data="ho", message_finished=False))
    page.send(TextMessage(data="la", message_finished=True))
    wait_for(lambda: got == ["hola"])
    for _ in range(17):
        page.send(TextMessage(data="x" * 1024, message_finished=False))

    assert page.close_code() == sockets.TOO_BIG
    page.sock.close()
    thread.join(PATIENCE_SECONDS)
    assert got == ["hola"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x81\x05hello", 1002),  # not masked
        (b"\xc1\x80abcd", 1002),  # compressed, which nobody agreed to
        (b"\x83\x80abcd", 1002),  # a kind that does not exist
        (b"\x81\x81\x00\x00\x00\x00\xff", 1007),  # no UTF-8
        (b"\x89\xfe\x00\x80abcd", 1002),  # a ping longer than may be
    ],
)
def test_what_is_no_websocket_ends_it(line, sent, code):
    connection, page = line
    got, _thread = reading(connection)

    page.sock.sendall(sent)

    assert page.close_code() == code
    assert got == []


def test_bytes_are_not_understood(line):
    connection, page = line
    reading(connection)

    page.send(BytesMessage(data=b"x"))

    assert page.close_code() == sockets.NOT_TEXT


@pytest.mark.parametrize(
    "frame", [TextMessage(data="x"), Ping(), TextMessage(data="", message_finished=False)]
)
def test_who_says_too_much_is_cut(frame):
    ours, theirs = socket.socketpair()
    wire = SimpleNamespace(sock=ours, ws=Protocol(ConnectionType.SERVER))
    connection = Connection(wire, Person(ANA, "es", "", ""), Bucket(40, 10), Bucket(80, 20))
    page = Page(theirs)
    got, _thread = reading(connection)

    for _ in range(60):
        page.send(frame)
        if isinstance(frame, TextMessage) and not frame.message_finished:
            frame = TextMessage(data="", message_finished=False)

    assert page.close_code() == sockets.FLOOD
    assert len(got) <= 42
    theirs.close()
    ours.close()


def test_after_its_goodbye_a_connection_lingers_for_a_moment_only(line):
    connection, page = line
    _got, thread = reading(connection)

    connection.close(sockets.SESSION_ENDED)
    connection.send("too late")
    code = page.close_code()
    connection.tend(time.monotonic() + 10)

    thread.join(PATIENCE_SECONDS)
    assert code == sockets.SESSION_ENDED
    assert not thread.is_alive()


def test_a_bucket_gives_so_many_at_once_and_fills_again():
    bucket = Bucket(burst=3, per_second=1000)
    first = [bucket.take() for _ in range(3)]
    slow = Bucket(burst=3, per_second=0.001)

    assert all(first)
    assert [slow.take() for _ in range(5)] == [True, True, True, False, False]


def wait_for(is_so):
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end
        threading.Event().wait(0.005)
