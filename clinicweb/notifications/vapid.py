"""The key by which push services know this portal (VAPID, RFC 8292)."""

import base64
from functools import cache

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02


@cache
def key_of(text: str) -> Vapid02:
    """*text*: the 32 bytes of the private key, as base64url; the settings see to it."""
    return Vapid02.from_raw(text.encode())


def public_key(key: Vapid02) -> str:
    """As a browser asks for it: the point, as base64url."""
    point = key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
