"""The signed addresses of offered hours."""

from flask import url_for

from clinicweb.booking.offer_mail import LIFETIME, PURPOSE
from clinicweb.clinic.installed import secret_keys
from clinicweb.core import tokens
from clinicweb.core.errors import NotFound


def url_of(offer_id: str) -> str:
    return url_for("offers.show", offer_token=tokens.issue(secret_keys(), PURPOSE, offer_id))


def offer_id_in(token: str) -> str:
    """Raises ``NotFound`` for what is no link of ours, or too old to tell anything."""
    try:
        return tokens.read(secret_keys(), PURPOSE, token, max_age=LIFETIME)
    except tokens.BadToken:
        raise NotFound from None
