"""A coturn of the tests' own, configured as the docs ship it; and a client that probes."""

import hashlib
import hmac
import ipaddress
import os
import socket
import struct
from pathlib import Path

from tests.services.process import (
    Kept,
    as_unprivileged,
    find_program,
    free_port,
    private_folder,
    start_kept,
    wait_until_ready,
)

SHIPPED = Path(__file__).parents[2] / "docs" / "turnserver.conf"
SECRET = "a secret of the tests that is long enough"
REALM = "portal.clinica.example"
_COOKIE = 0x2112A442
_ALLOCATE, _PERMIT = 0x0003, 0x0008
_USERNAME, _INTEGRITY, _ERROR, _PEER = 0x0006, 0x0008, 0x0009, 0x0012
_REALM, _NONCE, _TRANSPORT = 0x0014, 0x0015, 0x0019
_FAMILY, _FAMILIES = 0x0017, {4: b"\x01\0\0\0", 6: b"\x02\0\0\0"}
UDP = struct.pack("!B3x", 17)


def own_address() -> str:
    """This machine's address towards others: what browsers here reach and are reached by."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))  # sends nothing
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


class TurnServer:
    """*allowed*: lines of the configuration besides the shipped ones."""

    def __init__(self, folder: Path, *, owner_lock: Path, more: tuple[str, ...] = ()) -> None:
        self.port, self.host = free_port(), own_address()
        self.url = f"turn:{self.host}:{self.port}"
        self._owner_lock, self._log = owner_lock, folder.with_name(f"{folder.name}.log")
        self._folder, self._more = private_folder(folder), more
        self._kept: Kept | None = None

    def start(self) -> None:
        text = SHIPPED.read_text("utf-8")
        text = text.replace("change-me-to-48-random-characters", SECRET)
        text = text.replace("listening-port=3478", f"listening-port={self.port}")
        text = text.replace("max-port=65535", "max-port=49951")  # each costs time at the start
        own = (f"listening-ip={self.host}", f"relay-ip={self.host}", "relay-ip=::1", *self._more)
        own += (f"pidfile={self._folder / 'pid'}", f"userdb={self._folder / 'db'}")
        settings = self._folder / "turnserver.conf"
        settings.write_text("\n".join((text, *own)) + "\n", "utf-8")
        settings.chmod(0o644)
        command = as_unprivileged([find_program("turnserver"), "-c", str(settings)])
        self._kept = start_kept(command, owner_lock=self._owner_lock, log=self._log, cwd=Path("/"))
        wait_until_ready(self._kept, self.is_ready)

    def is_ready(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=1):
                return True
        except OSError:
            return False

    def stop(self) -> None:
        if self._kept:
            self._kept.stop()


class TurnClient:
    """One client with one port, as RFC 8656 has it: what it needs to ask and no more."""

    def __init__(self, server: TurnServer, username: str, credential: str) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(3)
        self._socket.connect((server.host, server.port))
        self._username, self._credential = username, credential
        self.realm, self._nonce = "", b""

    def close(self) -> None:
        self._socket.close()

    def allocate(self, *, realm: str = "", family: int = 4) -> int:
        """0, or the number of the error; an address of IPv6 reaches those of IPv6 alone."""
        wanted = ((_TRANSPORT, UDP), (_FAMILY, _FAMILIES[family]))
        self._ask(_ALLOCATE, *wanted)  # says realm and nonce
        self.realm = realm or self.realm
        return self._ask(_ALLOCATE, *wanted, signed=True)

    def permit(self, peer: str) -> int:
        """Whether what is sent to *peer* would be passed on: 0, or the number of the error."""
        return self._ask(_PERMIT, (_PEER, _address(peer, self._transaction())), signed=True)

    def _transaction(self) -> bytes:
        self._id = os.urandom(12)
        return self._id

    def _ask(self, kind: int, *attributes: tuple[int, bytes], signed: bool = False) -> int:
        number = self._id if kind == _PERMIT else self._transaction()
        body = b"".join(_attribute(*one) for one in attributes)
        if signed:
            own = ((_USERNAME, self._username.encode()), (_REALM, self.realm.encode()))
            body += b"".join(_attribute(*one) for one in (*own, (_NONCE, self._nonce)))
            key = f"{self._username}:{self.realm}:{self._credential}".encode()
            head = _head(kind, len(body) + 24, number)
            key_hash = hashlib.md5(key).digest()  # noqa: S324  the protocol's
            body += _attribute(_INTEGRITY, hmac.new(key_hash, head + body, "sha1").digest())
        self._socket.send(_head(kind, len(body), number) + body)
        return self._answer(number)

    def _answer(self, number: bytes) -> int:
        while (told := self._socket.recv(4096))[8:20] != number:
            pass
        found, at = {}, 20
        while at + 4 <= len(told):
            name, length = struct.unpack_from("!HH", told, at)
            found[name] = told[at + 4 : at + 4 + length]
            at += 4 + length + -length % 4
        self._nonce = found.get(_NONCE, self._nonce)
        self.realm = self.realm or found.get(_REALM, b"").decode()
        error = found.get(_ERROR)
        return error[2] * 100 + error[3] if error else 0


def _head(kind: int, length: int, number: bytes) -> bytes:
    return struct.pack("!HHI", kind, length, _COOKIE) + number


def _attribute(name: int, value: bytes) -> bytes:
    return struct.pack("!HH", name, len(value)) + value + bytes(-len(value) % 4)


def _address(peer: str, number: bytes) -> bytes:
    """XOR-PEER-ADDRESS."""
    address = ipaddress.ip_address(peer)
    mask = struct.pack("!I", _COOKIE) + number
    hidden = bytes(a ^ b for a, b in zip(address.packed, mask, strict=False))
    return struct.pack("!xBH", 1 if address.version == 4 else 2, 9 ^ (_COOKIE >> 16)) + hidden
