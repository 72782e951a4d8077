"""
What the mails about messages to the clinic tell.

To the clinic: what the person wrote, and nothing that they did not.  To the person: that it came,
without a word of it, for anybody's address can be typed.  The answer's words go by mail to who has
no account alone: others read them in the portal.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from clinicweb.clinic.rules import ClinicRules
from clinicweb.contact.models import ContactAnswer, ContactMessage
from clinicweb.core.limits import may_attempt
from clinicweb.notifications.actions import NewMessage, enqueue

_HOUR = timedelta(hours=1)


def tell_clinic(session: Session, rules: ClinicRules, message: ContactMessage) -> None:
    """The mailbox of its type; beyond so many an hour it waits in the portal alone."""
    kind = rules.contact.type_of(message.kind)
    mailbox = kind.mailbox if kind else ""
    key, most = f"contact-mailbox:{mailbox}", rules.contact.mails_per_mailbox_hour
    if not kind or not mailbox or not may_attempt(session, key, limit=most, window=_HOUR):
        return
    context = _context(rules, message, message.written_at) | {
        "page": f"/bandeja/{message.public_id}",
        "kind_name": kind.name,
        "person_name": message.name or None,
        "person_email": message.email,
        "body": message.body,
    }
    enqueue(
        session,
        NewMessage(
            template="contact_message",
            recipient=mailbox,
            language=rules.identity.default_language,
            context=context,
            dedupe_key=f"contact/{message.public_id}/clinic",
        ),
    )


def tell_received(session: Session, rules: ClinicRules, message: ContactMessage) -> None:
    """That it came; nobody's mailbox is filled by it, whoever types their address."""
    key, most = f"contact-receipt:{message.email.casefold()}", rules.contact.mails_per_person_hour
    if may_attempt(session, key, limit=most, window=_HOUR):
        context = _context(rules, message, message.written_at)
        enqueue(session, _to_person(message, "contact_received", context, "received"))


def tell_answer(
    session: Session, rules: ClinicRules, message: ContactMessage, answer: ContactAnswer
) -> None:
    if not message.email:
        return
    context = _context(rules, message, answer.answered_at)
    context["body"] = None if message.account_id else answer.body
    enqueue(session, _to_person(message, "contact_answered", context, f"answer/{answer.id}"))


def _to_person(
    message: ContactMessage, template: str, context: dict[str, Any], act: str
) -> NewMessage:
    own = f"/contacto/mis-mensajes/{message.public_id}"
    return NewMessage(
        template=template,
        recipient=message.email,
        language=message.language,
        context={**context, "page": own if message.account_id else "/contacto"},
        dedupe_key=f"contact/{message.public_id}/{act}",
    )


def _context(rules: ClinicRules, message: ContactMessage, at: datetime) -> dict[str, Any]:
    return {
        "clinic_name": rules.identity.name,
        "clinic_phone": rules.identity.phone or None,
        "reference": message.reference,
        "has_account": message.account_id is not None,
        "starts_at": at.isoformat(),
        "zone": rules.identity.timezone,
    }
