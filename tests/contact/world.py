"""A clinic that people write to: its rules, what is kept, and the mails that go out."""

from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import select

from clinicweb.audit.models import AuditEvent
from clinicweb.clinic.rules import ClinicRules, load_rules
from clinicweb.contact.actions import WriteMessage, write_message
from clinicweb.contact.models import ContactAnswer, ContactMessage
from clinicweb.contact.staff_actions import AnswerMessage, answer_message
from clinicweb.core import db
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer
from tests.checked_client import CheckedClient

PRESET = load_rules("teleconsulta")
MAILBOX, COMPLAINTS = "contacto@losaromos.example", "reclamos@losaromos.example"
BODY = "¿Atienden el sábado?\nGracias."


def rules_with(**contact: Any) -> ClinicRules:
    return PRESET.model_copy(update={"contact": PRESET.contact.model_copy(update=contact)})


def a_message(viewer: Viewer | None, **changes: Any) -> WriteMessage:
    message = WriteMessage(
        viewer=viewer,
        key=new_public_id(),
        kind="consulta",
        name="" if viewer else "Rita Mora",
        email="rita@correo.example",
        text=BODY,
        language="es",
        address="192.0.2.7",
    )
    return replace(message, **changes)


def write(viewer: Viewer | None, rules: ClinicRules = PRESET, **changes: Any) -> str:
    return write_message(rules, a_message(viewer, **changes))


def respond(viewer: Viewer, message_id: str, **changes: Any) -> None:
    answer = AnswerMessage(viewer, message_id, new_public_id(), "Sí, de 9 a 13.", 0, closes=False)
    answer_message(PRESET, replace(answer, **changes))


def kept() -> list[ContactMessage]:
    with db.reading() as session:
        return list(session.scalars(select(ContactMessage).order_by(ContactMessage.id)))


def answers() -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(ContactAnswer.body).order_by(ContactAnswer.id)))


def journal() -> list[tuple[str, str]]:
    """(action, who) of each act on a message, the oldest first."""
    query = select(AuditEvent.action, AuditEvent.actor_name)
    query = query.where(AuditEvent.record_type == "contact_message").order_by(AuditEvent.id)
    with db.reading() as session:
        return [(action, name) for action, name in session.execute(query)]


def visitor(app: Flask) -> CheckedClient:
    return CheckedClient(app, use_cookies=True)
