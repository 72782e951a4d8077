"""
Where a call's media may pass: coturn's REST credentials, good for as long as the call.

coturn is set up with ``use-auth-secret`` and the same secret; what it is shown here is
``<expiry>:<call>`` and an HMAC of it, so nothing is stored and nothing lasts.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinicweb.config import Settings

# Clocks differ, and who comes back in the last minute still needs a way.
_SPARE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Relay:
    """As RTCPeerConnection takes it."""

    urls: tuple[str, ...]
    username: str
    credential: str


def relay_for(settings: Settings, call_id: str, *, until: datetime) -> Relay | None:
    """None where the installation has no relay: then calls find their way by themselves."""
    if not settings.turn_url or not settings.turn_secret:
        return None
    name = f"{int((until + _SPARE).timestamp())}:{call_id}"
    # SHA-1: what coturn asks for.  As an HMAC it has no known weakness.
    made = hmac.new(settings.turn_secret.encode(), name.encode(), hashlib.sha1).digest()
    return Relay(settings.turn_url, name, base64.b64encode(made).decode())
