"""
Handing word of messages to the push service of a browser, encrypted for that browser alone.

2xx: taken.  404, 410: there is no such browser any more.  408, 425, 429, 5xx and no answer: later.
A service that is away keeps nobody waiting whose browser has another one.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from flask_babel import force_locale, gettext
from py_vapid import Vapid02
from pywebpush import WebPusher

from clinicweb.core import clock
from clinicweb.notifications.delivery import Delayed, Refused
from clinicweb.notifications.push_actions import forget_device
from clinicweb.notifications.push_queries import PushAddress, find_address
from clinicweb.notifications.rendering import Letter, Letterhead, reader

TIMEOUT_SECONDS = 10
# For so long a service keeps what it cannot hand on yet.
_KEPT = timedelta(hours=12)
_ACCEPTED, _SERVER_ERRORS = range(200, 300), range(500, 600)
_GONE, _LATER = (404, 410), (408, 425, 429)


@dataclass(frozen=True, slots=True)
class PushMessage:
    """
    ``device``: a public id; ``body`` is JSON for our own service worker.

    ``keep_seconds``: for so long a service keeps what it cannot hand on yet.
    """

    device: str
    body: str
    keep_seconds: int = int(_KEPT.total_seconds())
    is_urgent: bool = False


class _Session(requests.Session):
    """Follows nobody elsewhere, and asks no proxy."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def post(self, url: Any, *args: Any, **options: Any) -> requests.Response:
        return super().post(url, *args, **options, allow_redirects=False)


@dataclass(frozen=True, slots=True)
class PushDelivery:
    """
    One request for each message.

    Args:
        key: the portal's own, by which services know who sends; see ``vapid``.
        sender: an address that they can complain to.
    """

    key: Vapid02 = field(repr=False)
    sender: str
    timeout_seconds: float = TIMEOUT_SECONDS

    def deliver(self, message: PushMessage) -> None:
        address = find_address(message.device)
        if address is None:
            raise Refused("nobody wants to be told there any more")
        status = self._post(address, message)
        if status in _GONE:
            forget_device(message.device)
            raise Refused(f"{status}: no such browser any more")
        if status in _LATER or status in _SERVER_ERRORS:
            raise Delayed(str(status))
        if status not in _ACCEPTED:
            raise Refused(str(status))

    def _post(self, address: PushAddress, message: PushMessage) -> int:
        keys = {"p256dh": address.p256dh, "auth": address.auth}
        pusher = WebPusher({"endpoint": address.endpoint, "keys": keys}, _Session())
        parts = urlsplit(address.endpoint)
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": f"mailto:{self.sender}"}
        try:
            answer = pusher.send(
                message.body,
                {**self.key.sign(claims), "urgency": "high" if message.is_urgent else "normal"},
                ttl=message.keep_seconds,
                timeout=self.timeout_seconds,
            )
        except requests.RequestException as problem:
            raise Delayed(type(problem).__name__) from problem
        return int(answer.status_code)


def render(letter: Letter, letterhead: Letterhead) -> PushMessage:
    """What the browser shows: the clinic, and that there is something; where a press leads."""
    until = letter.context.get("rings_until")
    with force_locale(reader(letter)):
        told = {
            "title": letter.context["clinic_name"],
            "body": gettext("Le llaman por video. Pulse para contestar.")
            if until
            else gettext("Tiene un mensaje nuevo"),
            "url": letterhead.base_url + letter.context["page"],
        }
    body = json.dumps(told, ensure_ascii=False)
    if not until:
        return PushMessage(letter.recipient, body)
    left = (datetime.fromisoformat(until) - clock.now()).total_seconds()
    return PushMessage(letter.recipient, body, max(1, int(left)), is_urgent=True)
