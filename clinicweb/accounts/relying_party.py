"""Whom the passkeys of the portal that is running are for."""

from clinicweb.accounts.ceremonies import Party, party_of
from clinicweb.clinic.installed import current_rules, current_settings


def current_party() -> Party | None:
    """From ``BASE_URL``, never from what a browser says; None where passkeys are not offered."""
    return party_of(current_settings().base_url, current_rules().identity.name)
