"""Whom the passkeys of the portal that is running are for."""

from flask import current_app

from clinicweb.accounts.ceremonies import Party, party_of
from clinicweb.clinic.installed import current_rules
from clinicweb.config import Settings


def current_party() -> Party | None:
    """From ``BASE_URL``, never from what a browser says; None where passkeys are not offered."""
    settings: Settings = current_app.extensions["clinicweb.settings"]
    return party_of(settings.base_url, current_rules().identity.name)
