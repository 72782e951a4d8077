"""clamd's own protocol, spoken by a server that knows one virus."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinicweb.config import BadSettings, load_settings
from clinicweb.core.clamav import INFECTED, NO_SCANNER, Scanner
from clinicweb.core.errors import NotAllowed
from tests.core.sent_files import EICAR


class Clamd(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        if b"too long" in content:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
        elif EICAR in content:
            self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0")
        else:
            self.wfile.write(b"stream: OK\0")


class UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@pytest.fixture(params=["tcp", "unix"])
def scanner(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scanner]:
    server: socketserver.BaseServer
    if request.param == "tcp":
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd)
        address = f"tcp://127.0.0.1:{server.server_address[1]}"
    else:
        server = UnixServer(str(tmp_path / "clamd"), Clamd)
        address = f"unix://{tmp_path / 'clamd'}"
    with server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield Scanner(address)
        server.shutdown()


@pytest.mark.parametrize("content", [b"", b"a" * 200_000])
def test_what_the_scanner_calls_clean_is_taken(scanner, tmp_path, content):
    (tmp_path / "sent").write_bytes(content)

    scanner.scan(tmp_path / "sent")


@pytest.mark.parametrize(
    ("content", "reason"), [(b"a" * 200_000 + EICAR, INFECTED), (b"too long", NO_SCANNER)]
)
def test_what_the_scanner_finds_or_cannot_read_is_not(scanner, tmp_path, content, reason):
    (tmp_path / "sent").write_bytes(content)

    with pytest.raises(NotAllowed) as refusal:
        scanner.scan(tmp_path / "sent")

    assert refusal.value.reason == reason


def test_without_its_scanner_a_clinic_takes_no_file(tmp_path):
    (tmp_path / "sent").write_bytes(b"clean")

    for address in (f"unix://{tmp_path}/nobody", "tcp://127.0.0.1:1"):
        with pytest.raises(NotAllowed) as refusal:
            Scanner(address).scan(tmp_path / "sent")
        assert refusal.value.reason == NO_SCANNER


def test_a_wrong_address_stops_the_start():
    with pytest.raises(BadSettings, match="CLINICWEB_CLAMAV: tcp://host:3310 or unix://"):
        load_settings({"CLINICWEB_CLAMAV": "http://clamav"})
