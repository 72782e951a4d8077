"""
A virus scanner on this machine or in this network: clamd, asked by ``INSTREAM``.

https://docs.clamav.net/manual/Usage/Scanning.html
"""

import re
import socket
import struct
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from clinicweb.core.errors import NotAllowed

INFECTED = "file.infected"
NO_SCANNER = "file.no_scanner"

_SECONDS = 10.0
_PART_BYTES = 64 * 1024
_LONGEST_ANSWER = 1024
_TCP = re.compile(r"tcp://(?P<host>\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(?P<port>[0-9]{1,5})")
_UNIX = re.compile(r"unix://(?P<path>/.+)")


@dataclass(frozen=True, slots=True)
class Scanner:
    """*address*: ``tcp://host:3310`` or ``unix:///run/clamav/clamd.ctl``."""

    address: str

    def scan(self, path: Path) -> None:
        """
        Raises: ``NotAllowed`` with ``file.infected``; with ``file.no_scanner`` when nobody
        answers, or says anything but that it is clean: what nobody looked at is not taken.
        """
        try:
            answer = self._ask(path)
        except OSError as error:
            raise NotAllowed(NO_SCANNER) from error
        if answer.endswith(b" FOUND"):
            raise NotAllowed(INFECTED)
        if answer != b"stream: OK":
            raise NotAllowed(NO_SCANNER)

    def _ask(self, path: Path) -> bytes:
        with closing(_connected(self.address)) as line, path.open("rb") as file:
            line.sendall(b"zINSTREAM\0")
            while part := file.read(_PART_BYTES):
                line.sendall(struct.pack("!L", len(part)) + part)
            line.sendall(struct.pack("!L", 0))
            return _answer(line)


_scanner: Scanner | None = None


def use(scanner: Scanner | None) -> None:
    """Ask *scanner* about the files of this process; nobody when it is None."""
    global _scanner  # noqa: PLW0603  one process, one scanner
    _scanner = scanner


def scan(path: Path) -> None:
    """What the scanner in use says of *path*; see there.  Nothing where there is none."""
    if _scanner is not None:
        _scanner.scan(path)


def is_address(text: str) -> bool:
    return bool(_TCP.fullmatch(text) or _UNIX.fullmatch(text))


def _connected(address: str) -> socket.socket:
    tcp = _TCP.fullmatch(address)
    if tcp:
        return socket.create_connection((tcp["host"].strip("[]"), int(tcp["port"])), _SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(_SECONDS)
    try:
        line.connect(address.removeprefix("unix://"))
    except OSError:
        line.close()
        raise
    return line


def _answer(line: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        part = line.recv(_LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0\n")
