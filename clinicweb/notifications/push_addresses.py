"""Which addresses of browsers the portal sends to.  Pure: no I/O, no clock."""

import base64
import binascii
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from clinicweb.core.decision import ALLOWED, Decision, refuse

# A browser names its push service, and the portal then sends there: only to known ones.
NO_SERVICE = "push.service"
NO_KEYS = "push.keys"
# Of Chrome, Firefox, Edge and Safari.
KNOWN = (
    "fcm.googleapis.com",
    "*.push.services.mozilla.com",
    "*.notify.windows.com",
    "web.push.apple.com",
)
_POINT_BYTES, _SECRET_BYTES = 65, 16
_UNCOMPRESSED = 4


def may_push(services: Sequence[str], endpoint: str, p256dh: str, auth: str) -> Decision:
    """
    Decide whether a browser that gives this address and these keys can be sent to.

    Args:
        services: hosts, ``*.host`` for all below one; or a whole origin on this machine.
        p256dh: a point of P-256, uncompressed, as base64url; *auth*: 16 bytes, likewise.
    """
    try:
        parts = urlsplit(endpoint)
        is_known = any(_is_of(service, parts) for service in services)
    except ValueError:
        return refuse(NO_SERVICE)
    if not is_known or parts.username or parts.fragment or not endpoint.isascii():
        return refuse(NO_SERVICE)
    point, secret = _bytes_of(p256dh), _bytes_of(auth)
    is_point = len(point) == _POINT_BYTES and point[0] == _UNCOMPRESSED
    return ALLOWED if is_point and len(secret) == _SECRET_BYTES else refuse(NO_KEYS)


def _is_of(service: str, parts: SplitResult) -> bool:
    if "://" in service:
        return f"{parts.scheme}://{parts.netloc}" == service
    host = parts.hostname or ""
    is_host = host.endswith(service[1:]) if service.startswith("*.") else host == service
    return is_host and parts.scheme == "https" and parts.port in {None, 443}


def _bytes_of(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
