"""
Who has to wait at the door, after how many failures (T13).

A stranger who guesses slows down strangers: those at the same account, and those of the same
network.  A device that the account knows has failures of its own, so its owner comes in at once.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from clinicweb.accounts.known_devices import Known
from clinicweb.accounts.queries import Credentials
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core import limits

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """By what an attempt is counted; *network* is None for a device that is known."""

    who: str
    network: str | None


def counted_by(
    credentials: Credentials, name: tuple[str, str], known: Known | None, address: str
) -> Counted:
    """*name*: what was typed, of whom there is no account; it is counted as if there were one."""
    if known:
        return Counted(f"device:{known.id}", None)
    who = _account(credentials.account_id) if credentials.account_id else f"name:{name}"
    return Counted(who, f"address:{limits.network_of(address)}")


def count(session: Session, rules: SignIn, counted: Counted) -> None:
    """
    Count an attempt before the password is looked at.

    The account first, then the network: nobody waits for one who waits for them.
    Raises: ``TooManyAttempts``; the attempt counts nowhere then.
    """
    limits.count_failure(session, counted.who, rules.account_pace)
    per_hour = rules.failures_per_account_hour
    limits.count_attempt(session, counted.who, limit=per_hour, window=_HOUR)
    if counted.network:
        limits.count_failure(session, counted.network, rules.network_pace)
        per_hour = rules.failures_per_address_hour
        limits.count_attempt(session, counted.network, limit=per_hour, window=_HOUR)


def forgive(session: Session, counted: Counted) -> None:
    """The password was right: the account starts again, its network gets this attempt back."""
    _forget(session, counted.who)
    if counted.network:
        limits.forgive(session, counted.network)
        limits.give_back_attempt(session, counted.network)


def forgive_account(session: Session, account_id: int) -> None:
    """Its owner has shown who they are: failures of others no longer slow them down (S4-17)."""
    _forget(session, _account(account_id))


def _forget(session: Session, who: str) -> None:
    limits.forget_failures(session, who)
    limits.forget_attempts(session, who)


def _account(account_id: int) -> str:
    return f"account:{account_id}"
