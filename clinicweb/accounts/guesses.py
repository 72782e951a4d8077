"""Guessing the serial of somebody's card: limited for each number, whether it exists or not."""

from datetime import timedelta

from sqlalchemy.orm import Session

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import documents, limits

_HOUR = timedelta(hours=1)


def count_card(session: Session, rules: ClinicRules, number: str, address: str) -> None:
    """
    Count one serial tried with the affiliation *number* from the network *address*.

    One line to the Internet cannot use all of them up, so a stranger alone stops nobody.

    Raises: ``TooManyAttempts``.
    """
    limit = rules.recovery.tries_per_card_hour
    card = f"card:{documents.card_number(number)}"
    of_line = f"{card}:{limits.network_of(address)}"
    limits.count_attempt(session, of_line, limit=limit // 3, window=_HOUR)
    limits.count_attempt(session, card, limit=limit, window=_HOUR)
