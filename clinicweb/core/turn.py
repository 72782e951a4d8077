"""
A client of a relay (TURN, RFC 8656) that asks whether it would serve, and sends nothing through it.

Only what that takes: an allocation with long-term credentials, and permissions for peers.
"""

import hashlib
import hmac
import ipaddress
import os
import re
import socket
import ssl
import struct
from contextlib import suppress

_COOKIE = 0x2112A442
_ALLOCATE, _REFRESH, _PERMIT = 0x0003, 0x0004, 0x0008
_USERNAME, _INTEGRITY, _ERROR, _PEER = 0x0006, 0x0008, 0x0009, 0x0012
_LIFETIME, _REALM, _NONCE, _RELAYED, _TRANSPORT = 0x000D, 0x0014, 0x0015, 0x0016, 0x0019
_FAMILY, _FAMILIES = 0x0017, {4: b"\x01\0\0\0", 6: b"\x02\0\0\0"}
_UDP = struct.pack("!B3x", 17)
_HEAD_BYTES, _INTEGRITY_BYTES = 20, 24
_URL = re.compile(
    r"(?P<scheme>turns?):(?P<host>\[[0-9a-f:]+\]|[A-Za-z0-9.-]+)(?::(?P<port>\d{1,5}))?"
    r"(?:\?transport=(?P<transport>udp|tcp))?"
)
_PORTS = {"turn": 3478, "turns": 5349}
REFUSED, FORBIDDEN = 401, 403

Attribute = tuple[int, bytes]


class TurnClient:
    """
    One way to the relay at *url* (``turn:host:3478?transport=tcp``), until it is closed.

    Args:
        tries: how often a lost datagram is sent again; *seconds*: how long each is waited for.
    """

    realm = ""
    relayed = ""  # the relay's address for others, once there is an allocation

    def __init__(
        self, url: str, username: str, credential: str, *, seconds: float = 1.5, tries: int = 3
    ) -> None:
        self._username, self._credential = username, credential
        self._nonce, self._tries = b"", tries
        self._line, self._is_stream = _connected(url, seconds)

    def close(self) -> None:
        """Gives the allocation back, where there is one."""
        with suppress(OSError):
            if self.relayed:
                self._ask(_REFRESH, os.urandom(12), (_LIFETIME, bytes(4)), is_signed=True)
        self._line.close()

    def allocate(self, *, realm: str = "", family: int = 4) -> int:
        """
        0, or the number of the error; an address of IPv6 reaches those of IPv6 alone.

        Raises: ``OSError`` where nobody answers, or not as a relay does.
        """
        wanted = ((_TRANSPORT, _UDP), (_FAMILY, _FAMILIES[family]))
        self._ask(_ALLOCATE, os.urandom(12), *wanted)  # says realm and nonce
        self.realm = realm or self.realm
        return self._ask(_ALLOCATE, os.urandom(12), *wanted, is_signed=True)

    def permit(self, peer: str) -> int:
        """
        Whether what is sent to *peer* would be passed on: 0, or the number of the error.

        Raises: ``OSError``.
        """
        number = os.urandom(12)
        return self._ask(_PERMIT, number, (_PEER, _hidden(peer, number)), is_signed=True)

    def _ask(
        self, kind: int, number: bytes, *attributes: Attribute, is_signed: bool = False
    ) -> int:
        body = b"".join(_attribute(*one) for one in attributes)
        if is_signed:
            body = self._signed(kind, number, body)
        found = self._answer(_head(kind, len(body), number) + body, number)
        self._nonce = found.get(_NONCE, self._nonce)
        self.realm = self.realm or found.get(_REALM, b"").decode()
        if kind == _ALLOCATE and _RELAYED in found:
            self.relayed = _shown(found[_RELAYED], number)
        error = found.get(_ERROR)
        return error[2] * 100 + error[3] if error else 0

    def _signed(self, kind: int, number: bytes, body: bytes) -> bytes:
        own = ((_USERNAME, self._username.encode()), (_REALM, self.realm.encode()))
        body += b"".join(_attribute(*one) for one in (*own, (_NONCE, self._nonce)))
        secret = f"{self._username}:{self.realm}:{self._credential}".encode()
        key = hashlib.md5(secret).digest()  # noqa: S324  the protocol's
        head = _head(kind, len(body) + _INTEGRITY_BYTES, number)
        return body + _attribute(_INTEGRITY, hmac.new(key, head + body, "sha1").digest())

    def _answer(self, message: bytes, number: bytes) -> dict[int, bytes]:
        for tries_left in reversed(range(1 if self._is_stream else self._tries)):
            self._line.sendall(message)
            try:
                while (told := self._received())[8:_HEAD_BYTES] != number:
                    pass  # the answer to one that was sent twice
            except TimeoutError:
                if not tries_left:
                    raise
            else:
                return _attributes(told)
        raise TimeoutError

    def _received(self) -> bytes:
        if not self._is_stream:
            told = self._line.recv(4096)
        else:
            head = self._exactly(_HEAD_BYTES)
            told = head + self._exactly(struct.unpack_from("!H", head, 2)[0])
        if len(told) < _HEAD_BYTES or struct.unpack_from("!I", told, 4)[0] != _COOKIE:
            raise OSError("this is no relay")
        return told

    def _exactly(self, count: int) -> bytes:
        told = b""
        while len(told) < count:
            part = self._line.recv(count - len(told))
            if not part:
                raise ConnectionResetError("the relay closed the line")
            told += part
        return told


def _connected(url: str, seconds: float) -> tuple[socket.socket, bool]:
    parts = _URL.fullmatch(url)
    if not parts:
        raise OSError(f"{url}: no address of a relay")
    scheme, host = parts["scheme"], parts["host"].strip("[]")
    port = int(parts["port"] or _PORTS[scheme])
    if scheme == "turns" or parts["transport"] == "tcp":
        line = socket.create_connection((host, port), seconds)
        if scheme == "turns":
            try:
                line = ssl.create_default_context().wrap_socket(line, server_hostname=host)
            except OSError:
                line.close()
                raise
        return line, True
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    line = socket.socket(family, kind, protocol)
    line.settimeout(seconds)
    line.connect(address)
    return line, False


def _head(kind: int, length: int, number: bytes) -> bytes:
    return struct.pack("!HHI", kind, length, _COOKIE) + number


def _attribute(name: int, value: bytes) -> bytes:
    return struct.pack("!HH", name, len(value)) + value + bytes(-len(value) % 4)


def _attributes(message: bytes) -> dict[int, bytes]:
    found, at = {}, _HEAD_BYTES
    while at + 4 <= len(message):
        name, length = struct.unpack_from("!HH", message, at)
        found[name] = message[at + 4 : at + 4 + length]
        at += 4 + length + -length % 4
    return found


def _masked(packed: bytes, number: bytes) -> bytes:
    mask = struct.pack("!I", _COOKIE) + number
    return bytes(a ^ b for a, b in zip(packed, mask, strict=False))


def _hidden(peer: str, number: bytes) -> bytes:
    """XOR-PEER-ADDRESS, of some port."""
    address = ipaddress.ip_address(peer)
    family = 1 if address.version == 4 else 2
    return struct.pack("!xBH", family, 9 ^ (_COOKIE >> 16)) + _masked(address.packed, number)


def _shown(hidden: bytes, number: bytes) -> str:
    """The address that XOR-RELAYED-ADDRESS hides."""
    return str(ipaddress.ip_address(_masked(hidden[4:], number)))
