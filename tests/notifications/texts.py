"""Text messages with a code for Ana, and those who carry them."""

from dataclasses import dataclass, field
from typing import Any

from clinicweb.accounts import one_time
from clinicweb.notifications.actions import SMS, NewMessage
from clinicweb.notifications.gateway import HttpGateway
from clinicweb.notifications.rendering import Letterhead
from clinicweb.notifications.sender import Courier
from clinicweb.notifications.sms import TextMessage

PHONE = "+56912345678"
LETTERHEAD = Letterhead(
    "Clínica Álamos", "citas@alamos.cl", "https://portal.alamos.cl", keys=("k" * 32,)
)


def a_code(key: str = "text/1", **changes: Any) -> NewMessage:
    values: dict[str, Any] = {
        "template": "account_activation",
        "recipient": PHONE,
        "language": "es",
        "context": {
            "clinic_name": "Clínica Álamos",
            "minutes": 10,
            "code_for": {"purpose": one_time.ACTIVATE, "id": key},
        },
        "dedupe_key": key,
        "channel": SMS,
    }
    return NewMessage(**{**values, **changes})


@dataclass
class RecordingTexts:
    """Takes every text message and keeps it."""

    taken: list[TextMessage] = field(default_factory=list)

    def deliver(self, message: TextMessage) -> None:
        self.taken.append(message)


def text_courier(url: str, **options: Any) -> Courier:
    return Courier(LETTERHEAD, texts=HttpGateway(url, **options))
