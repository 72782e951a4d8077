"""Writing messages down, inside the transaction of the act that they tell of."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from clinicweb.clinic.sms_rules import Sms
from clinicweb.core import clock
from clinicweb.core.limits import count_attempt, may_attempt, network_of
from clinicweb.notifications.calendar import CalendarEvent
from clinicweb.notifications.models import EMAIL, PUSH, SMS, OutboxMessage

__all__ = [
    "EMAIL",
    "PUSH",
    "SMS",
    "AppointmentContext",
    "NewMessage",
    "count_asked",
    "count_text",
    "enqueue",
]

DAYS_TEXTS = "sms-day"
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
log = logging.getLogger(__name__)

APPOINTMENT_BOOKED = "appointment_booked"
APPOINTMENT_RELEASED = "appointment_released"


@dataclass(frozen=True, slots=True)
class NewMessage:
    """
    One message to one person.

    A text message costs money and reaches whoever is named: ask ``queries.can_text`` whether
    it can go at all and ``count_text`` whether it still may, then enqueue it with ``SMS``.

    Args:
        template: a folder of ``templates/email``, or of ``templates/sms`` where *channel* is sms.
        recipient: an address, or a number in E.164.
        language: code of the reader's language; all words are made in it when it is sent.
        context: JSON values alone, all that the template needs.
        dedupe_key: one act, one key, e.g. ``appointment/<public id>/booked``; a second message
            with the same key is refused by the database, and with it the whole transaction.
        good_for: after so long it is worth nothing, and is not sent any more.
    """

    template: str
    recipient: str
    language: str
    context: Mapping[str, Any]
    dedupe_key: str
    calendar: CalendarEvent | None = None
    channel: str = EMAIL
    good_for: timedelta | None = None


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
    # The given name alone of whom it is for, when that is not the reader.
    member_name: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "starts_at": self.starts_at.isoformat()}


def enqueue(session: Session, message: NewMessage) -> None:
    """Write *message* down; it is sent only if this transaction commits."""
    now = clock.now()
    session.add(
        OutboxMessage(
            dedupe_key=message.dedupe_key,
            channel=message.channel,
            recipient=message.recipient,
            language=message.language,
            template=message.template,
            context=dict(message.context),
            calendar=message.calendar.to_json() if message.calendar else None,
            next_attempt_at=now,
            created_at=now,
            expires_at=now + message.good_for if message.good_for else None,
        )
    )


def count_asked(session: Session, rules: Sms, address: str) -> None:
    """
    Count that somebody at *address* of the network asks for a text message, sent or not.

    Raises: ``TooManyAttempts`` when that is too often.
    """
    of_network = f"sms-asked:{network_of(address)}"
    count_attempt(session, of_network, limit=rules.per_network_hour, window=_HOUR)


def count_text(session: Session, rules: Sms, phone: str) -> bool:
    """
    Count one text message to *phone* (E.164); whether it may go.

    Whoever asks for them: no phone is flooded, and no stranger spends the clinic's money.
    """
    of_phone = f"sms:{phone}"
    if may_attempt(session, of_phone, limit=rules.per_phone_hour, window=_HOUR) and may_attempt(
        session, DAYS_TEXTS, limit=rules.per_day, window=_DAY
    ):
        return True
    log.warning("a text message was not sent: too many to one phone, or in one day")
    return False
