"""``clinicweb serve`` as a clinic starts it, met over a plain socket."""

import socket
import sqlite3
import sys
import time
import urllib.request
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urljoin, urlsplit

import pytest

from tests.server import ROOT, environment
from tests.services.process import free_port, start_kept, tail, wait_until_ready

EVIL = "evil.example"


class Bare:
    """A server that was told nothing but its port, in an empty folder."""

    def __init__(self, folder, owner_lock):
        self.folder, self.owner_lock, self.port = folder, owner_lock, free_port()
        self.log = folder / "server.log"

    def start(self):
        main = "import sys; from clinicweb.cli import main; sys.exit(main())"
        self.kept = start_kept(
            [sys.executable, "-c", main, "serve", "--port", str(self.port)],
            owner_lock=self.owner_lock,
            log=self.log,
            env=environment({}) | {"PYTHONPATH": str(ROOT)},
            cwd=self.folder,
        )
        wait_until_ready(self.kept, self.answers)

    def answers(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/salud", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def bare(tmp_path_factory, owner_lock):
    server = Bare(tmp_path_factory.mktemp("bare"), owner_lock)
    server.start()
    yield server
    server.kept.stop()


def raw(port, *lines):
    """The answer to a request typed byte by byte."""
    with socket.create_connection(("127.0.0.1", port), timeout=9) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"))
        answer = HTTPResponse(connection)
        answer.begin()
        answer.read()
        return answer


def test_with_no_settings_all_is_kept_below_the_folder(bare):
    kept = {path.name for path in (bare.folder / "var").iterdir()}
    assert {"clinicweb.db", "secret_key"} <= kept
    assert (bare.folder / "var" / "secret_key").stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(bare.folder / "var" / "clinicweb.db")) as database:
        assert database.execute("SELECT count(*) FROM account").fetchone() == (0,)


REQUESTS = [
    ("GET http://evil.example/reservar HTTP/1.1", "Host: 127.0.0.1"),
    ("GET http://evil.example/reservar HTTP/1.1", f"Host: {EVIL}"),
    ("GET http://127.0.0.1/reservar HTTP/1.1", f"Host: {EVIL}"),
    ("GET http://127.0.0.1@evil.example/ HTTP/1.1", "Host: 127.0.0.1"),
    ("GET //evil.example/ HTTP/1.1", "Host: 127.0.0.1"),
    ("GET //evil.example/reservar HTTP/1.1", "Host: 127.0.0.1"),
    ("GET /reservar HTTP/1.1", "Host: 127.0.0.1", f"X-Forwarded-Host: {EVIL}"),
    ("GET /reservar HTTP/1.1", f"Host: {EVIL}"),
    ("GET /reservar HTTP/1.1", "Host: 127.0.0.1", f"Host: {EVIL}"),
    ("GET / HTTP/1.1", f"Host: {EVIL}", "HX-Request: true"),
    ("GET / HTTP/1.0",),
    ("GET /reservar HTTP/1.0",),
]


@pytest.mark.parametrize("lines", REQUESTS)
def test_no_request_line_leads_anybody_away(bare, lines):
    answer = raw(bare.port, *lines)

    for name in ("Location", "HX-Redirect"):
        there = urljoin("http://here.example/", answer.headers.get(name) or "/")
        assert urlsplit(there).netloc == "here.example"
    assert answer.status < 500


def test_a_server_that_knows_its_address_refuses_another(serve):
    server = serve()

    statuses = {lines: raw(server.port, *lines).status for lines in REQUESTS}

    assert {status for lines, status in statuses.items() if f"Host: {EVIL}" in lines} == {400}
    assert raw(server.port, "GET /ingresar HTTP/1.1", "Host: 127.0.0.1").status == 200
    assert raw(server.port, "GET /salud HTTP/1.1", f"Host: {EVIL}").status == 200


def test_it_ends_when_told_to_and_comes_back_with_its_key(bare):
    key = (bare.folder / "var" / "secret_key").read_text()
    slow = HTTPConnection("127.0.0.1", bare.port, timeout=9)
    slow.request("GET", "/salud")  # keeps its connection open, as browsers do
    slow.getresponse().read()

    began = time.monotonic()
    bare.kept.stop()
    seconds = time.monotonic() - began
    slow.close()
    was_answering = bare.answers()
    bare.start()

    assert not was_answering
    assert seconds < 15, tail(bare.log)
    assert "Traceback" not in tail(bare.log)
    assert (bare.folder / "var" / "secret_key").read_text() == key
    assert bare.answers()
