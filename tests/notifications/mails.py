"""Messages about Ana's hour, and those who carry them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from flask import Flask
from sqlalchemy import select

from clinicweb.core import db, i18n
from clinicweb.notifications import rendering
from clinicweb.notifications.actions import (
    APPOINTMENT_BOOKED,
    APPOINTMENT_RELEASED,
    AppointmentContext,
    NewMessage,
    enqueue,
)
from clinicweb.notifications.calendar import CalendarEvent
from clinicweb.notifications.delivery import Delivery, SmtpDelivery
from clinicweb.notifications.models import OutboxMessage
from clinicweb.notifications.rendering import Letterhead
from clinicweb.notifications.sender import Courier

ANA = "ana@ejemplo.cl"
HOUR = datetime(2026, 12, 1, 13, 30, tzinfo=UTC)  # 10:30 in Santiago
LETTERHEAD = Letterhead("Clínica Álamos", "citas@alamos.cl", "https://portal.alamos.cl")


def make_app() -> Flask:
    app = Flask("clinicweb")
    i18n.init_app(app)
    rendering.init_app(app)
    return app


def an_event(**changes: Any) -> CalendarEvent:
    values: dict[str, Any] = {
        "uid": "vIJ0n9bXTG2cA1Xq0dJxZA@clinicweb",
        "sequence": 0,
        "method": "REQUEST",
        "starts_at": HOUR,
        "ends_at": HOUR + timedelta(minutes=20),
        "zone": "America/Santiago",
        "summary": "Hora en Clínica Álamos",
        "location": "Sede Ñuñoa, Av. Irarrázaval 1234, Ñuñoa, Región Metropolitana de Santiago",
        "attendee_email": ANA,
        "organizer_name": "Clínica Álamos",
        "organizer_email": "citas@alamos.cl",
        "url": "https://portal.alamos.cl/",
    }
    return CalendarEvent(**{**values, **changes})


def a_context(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "patient_name": "Ana Núñez",
        "practitioner_name": "Dra. Sofía Soto",
        "starts_at": HOUR,
        "zone": "America/Santiago",
        "modality": "in_person",
        "site_name": "Sede Ñuñoa",
        "site_address": "Av. Irarrázaval 1234",
        "clinic_name": "Clínica Álamos",
        "clinic_phone": "+56 2 2345 6789",
    }
    return AppointmentContext(**{**values, **changes}).to_json()


def booked(key: str = "appointment/1/booked", **changes: Any) -> NewMessage:
    values: dict[str, Any] = {
        "template": APPOINTMENT_BOOKED,
        "recipient": ANA,
        "language": "es",
        "context": a_context(),
        "dedupe_key": key,
        "calendar": an_event(),
    }
    return NewMessage(**{**values, **changes})


def released(key: str = "appointment/1/released") -> NewMessage:
    event = an_event(method="CANCEL", sequence=1)
    return booked(key, template=APPOINTMENT_RELEASED, calendar=event)


def write_down(*messages: NewMessage) -> None:
    with db.bookkeeping() as session:
        for message in messages:
            enqueue(session, message)


def outbox() -> Sequence[OutboxMessage]:
    with db.reading() as session:
        return session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


class PowerCut(BaseException):
    """The sender's process ends here."""


@dataclass
class Recording:
    """Takes every mail and keeps it."""

    taken: list[EmailMessage] = field(default_factory=list)

    def deliver(self, message: EmailMessage) -> None:
        self.taken.append(message)


@dataclass
class Failing:
    """Takes none; *asked* counts how often it was tried."""

    problem: Exception
    asked: int = 0

    def deliver(self, _: EmailMessage) -> None:
        self.asked += 1
        raise self.problem


def courier(delivery: Delivery) -> Courier:
    return Courier(LETTERHEAD, delivery)


def smtp_courier(port: int, **options: Any) -> Courier:
    return courier(SmtpDelivery("127.0.0.1", port, **{"use_tls": False, **options}))
