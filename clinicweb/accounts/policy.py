"""Rules of the way in: is this session still good, may this be a password?  Pure."""

from collections.abc import Container
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
    is_kept: bool = False


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
    if not facts.is_kept and now - facts.last_seen_at >= idle:
        return refuse("session.idle")
    return ALLOWED


OFF = "off"
NEW_DEVICE = "new_device"
ALWAYS = "always"


def asks_factor(setting: str, *, is_proven_device: bool, has_own: bool) -> bool:
    """
    Whether the password alone is not enough.

    Args:
        setting: ``off``, ``new_device`` or ``always``, of the clinic for this kind of person.
        is_proven_device: a second factor was shown in this browser before.
        has_own: the person set one up; where the clinic asks for none, it still is asked on a
            new device.

    Source: S1-11.
    """
    if setting == ALWAYS:
        return True
    return (setting == NEW_DEVICE or has_own) and not is_proven_device


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """*is_strict* as in S4-10; *common* holds, in lower case, what everybody tries first."""

    shortest: int
    is_strict: bool
    common: Container[str]


LONGEST_PASSWORD = 200
TOO_SHORT = "password.short"
TOO_LONG = "password.long"
NO_UPPER = "password.upper"
NO_LOWER = "password.lower"
NO_DIGIT = "password.digit"
TOO_COMMON = "password.common"


def asked_of_passwords(rules: PasswordRules) -> tuple[str, ...]:
    """The codes of what *rules* ask, in the order in which they are told."""
    if rules.is_strict:
        return (TOO_SHORT, NO_UPPER, NO_LOWER, NO_DIGIT)
    return (TOO_SHORT, TOO_COMMON)


def password_problems(rules: PasswordRules, password: str) -> tuple[str, ...]:
    """
    What *password* lacks, as codes; empty when it is good.

    Source: S4-10 for ``strict``.
    """
    lacks = {
        TOO_SHORT: len(password) < rules.shortest,
        NO_UPPER: not any(character.isupper() for character in password),
        NO_LOWER: not any(character.islower() for character in password),
        NO_DIGIT: not any(character.isdigit() for character in password),
        TOO_COMMON: password.casefold() in rules.common,
    }
    found = tuple(code for code in asked_of_passwords(rules) if lacks[code])
    return (*found, TOO_LONG) if len(password) > LONGEST_PASSWORD else found
