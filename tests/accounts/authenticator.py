"""
A telephone that keeps passkeys, in Python: it answers as one does, or as a liar would.

``make`` answers ``navigator.credentials.create``, ``sign`` answers ``.get``; both return the text
that the portal's script sends. Keyword arguments change what an honest one would say.
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One passkey.  *counts*: whether it tells how often it was used."""

    origin: str
    counts: bool = True
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    count: int = 0
    handle: str = ""

    def make(self, options: dict[str, Any], **changes: Any) -> str:
        """Keep a key for the portal that *options* name."""
        self.handle = options["user"]["id"]
        rp_id = changes.get("rp_id", options["rp"]["id"])
        data = self._data(rp_id, changes.get("flags", PRESENT | VERIFIED) | ATTESTED)
        identity = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id
        attestation = {"fmt": "none", "attStmt": {}, "authData": data + identity + self._public()}
        said = {
            "clientDataJSON": self._client("webauthn.create", options, changes),
            "attestationObject": encoded(cbor2.dumps(attestation)),
            "transports": ["internal", "hybrid"],
        }
        return self._credential(said)

    def sign(self, options: dict[str, Any], **changes: Any) -> str:
        """Show that one has the key."""
        if self.counts:
            self.count = changes.get("count", self.count + 1)
        data = self._data(
            changes.get("rp_id", options["rpId"]), changes.get("flags", PRESENT | VERIFIED)
        )
        client = self._client(changes.get("type", "webauthn.get"), options, changes)
        signed = data + hashlib.sha256(decoded(client)).digest()
        said = {
            "clientDataJSON": client,
            "authenticatorData": encoded(data),
            "signature": encoded(self.key.sign(signed, ec.ECDSA(SHA256()))),
        }
        handle = changes.get("handle", self.handle)
        return self._credential(said | ({"userHandle": handle} if handle else {}))

    def _data(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _public(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        return cbor2.dumps(key)

    def _client(self, kind: str, options: dict[str, Any], changes: dict[str, Any]) -> str:
        client = {
            "type": kind,
            "challenge": changes.get("challenge", options["challenge"]),
            "origin": changes.get("origin", self.origin),
            "crossOrigin": False,
        }
        return encoded(json.dumps(client).encode())

    def _credential(self, said: dict[str, Any]) -> str:
        name = encoded(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": said})


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
