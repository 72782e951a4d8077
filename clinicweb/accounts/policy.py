"""Sign-in rules: is this session still good?  Pure: no I/O, no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinicweb.core.decision import ALLOWED, Decision, refuse

REFUSED = "sign_in.refused"


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What is known of a session and its account; instants are aware, UTC."""

    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    credential_version: int
    account_credential_version: int
    account_is_active: bool


def may_continue(facts: SessionFacts, *, idle: timedelta, now: datetime) -> Decision:
    """
    Decide whether a session still speaks for its account.

    Returns: allowed, or refused with ``session.ended``, ``session.expired``, ``session.idle``
    or ``session.replaced`` (the password changed, or the account was closed).
    """
    if facts.ended_at is not None:
        return refuse("session.ended")
    if not facts.account_is_active or (
        facts.credential_version != facts.account_credential_version
    ):
        return refuse("session.replaced")
    if now >= facts.expires_at:
        return refuse("session.expired")
    if now - facts.last_seen_at >= idle:
        return refuse("session.idle")
    return ALLOWED
