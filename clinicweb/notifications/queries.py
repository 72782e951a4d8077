"""Which ways of reaching people this installation has."""

from flask import Flask, current_app

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import limits, phones
from clinicweb.core.db import reading
from clinicweb.notifications.actions import DAYS_TEXTS

_SENDS_TEXTS = "clinicweb.sends_texts"


def init_app(app: Flask, *, sends_texts: bool) -> None:
    """*sends_texts*: there is a gateway for text messages, or the demo's mailbox in its place."""
    app.extensions[_SENDS_TEXTS] = sends_texts


def sends_texts() -> bool:
    """Whether text messages can be sent at all."""
    return bool(current_app.extensions[_SENDS_TEXTS])


def can_text(rules: ClinicRules, phone: str | None) -> bool:
    """Whether a text message to *phone* (E.164) can be offered; anything else is no such phone."""
    can_get = bool(phone) and phones.can_be_texted(str(phone), rules.sms_countries)
    return can_get and sends_texts() and not are_texts_used_up(rules)


def are_texts_used_up(rules: ClinicRules) -> bool:
    """Whether the clinic has sent as many as it pays for in one day."""
    with reading() as session:
        return limits.attempts_on(session, DAYS_TEXTS) >= rules.sms.per_day
