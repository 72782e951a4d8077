"""Writing messages down, inside the transaction of the act that they tell of."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from clinicweb.core import clock
from clinicweb.notifications.calendar import CalendarEvent
from clinicweb.notifications.models import OutboxMessage

EMAIL = "email"
APPOINTMENT_BOOKED = "appointment_booked"
APPOINTMENT_RELEASED = "appointment_released"


@dataclass(frozen=True, slots=True)
class NewMessage:
    """
    One message to one person.

    Args:
        template: a folder of ``templates/email``.
        language: code of the reader's language; all words are made in it when it is sent.
        context: JSON values alone, all that the template needs.
        dedupe_key: one act, one key, e.g. ``appointment/<public id>/booked``; a second message
            with the same key is refused by the database, and with it the whole transaction.
    """

    template: str
    recipient: str
    language: str
    context: Mapping[str, Any]
    dedupe_key: str
    calendar: CalendarEvent | None = None


@dataclass(frozen=True, slots=True)
class AppointmentContext:
    """
    What the mails about one appointment tell.  Never what it is for: mail is read by many.

    Args:
        starts_at: aware; *zone* is the site's, and the appointment's.
        modality: ``in_person`` (the place is shown) or ``virtual`` (it is not).
    """

    patient_name: str
    practitioner_name: str
    starts_at: datetime
    zone: str
    modality: str
    site_name: str
    site_address: str | None
    clinic_name: str
    clinic_phone: str | None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "starts_at": self.starts_at.isoformat()}


def enqueue(session: Session, message: NewMessage) -> None:
    """Write *message* down; it is sent only if this transaction commits."""
    now = clock.now()
    session.add(
        OutboxMessage(
            dedupe_key=message.dedupe_key,
            channel=EMAIL,
            recipient=message.recipient,
            language=message.language,
            template=message.template,
            context=dict(message.context),
            calendar=message.calendar.to_json() if message.calendar else None,
            next_attempt_at=now,
            created_at=now,
        )
    )
