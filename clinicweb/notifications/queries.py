"""Which ways of reaching people this installation has."""

from flask import Flask, current_app

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import phones

_SENDS_TEXTS = "clinicweb.sends_texts"


def init_app(app: Flask, *, sends_texts: bool) -> None:
    """*sends_texts*: there is a gateway for text messages, or the demo's mailbox in its place."""
    app.extensions[_SENDS_TEXTS] = sends_texts


def sends_texts() -> bool:
    """Whether text messages can be sent at all."""
    return bool(current_app.extensions[_SENDS_TEXTS])


def can_text(rules: ClinicRules, phone: str | None) -> bool:
    """Whether a text message to *phone* (E.164) can be offered; anything else is no such phone."""
    return bool(phone) and sends_texts() and phones.can_be_texted(str(phone), rules.sms_countries)
