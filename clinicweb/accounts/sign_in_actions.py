"""Coming in by a password (S0-12, S1-9), at once or on condition of a second factor."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from clinicweb.accounts import (
    factors,
    known_devices,
    names,
    passwords,
    policy,
    sign_in_requests,
    slowdown,
)
from clinicweb.accounts.models import Account
from clinicweb.accounts.queries import Credentials, find_credentials
from clinicweb.accounts.session_actions import NewSession, open_session
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core.db import bookkeeping, transaction
from clinicweb.core.errors import NotAllowed
from clinicweb.core.viewer import PATIENT, SystemActor

ACTOR = SystemActor("sign-in")


@dataclass(frozen=True, slots=True)
class Attempt:
    """
    Somebody at the door: what they typed, from which address and device.

    Args:
        device_keys: what the browser knows itself by, for each account that came in with it.
        target: the path that they want to go to.
    """

    identifier: str
    password: str
    address: str
    device: str
    device_keys: tuple[str, ...] = ()
    is_kept: bool = False
    target: str = "/"


@dataclass(frozen=True, slots=True)
class Opened:
    """
    They are in.

    Args:
        key: the session's, to be kept by the browser alone.
        device_key: by which the browser will be known; None when it is already.
    """

    key: str
    device_key: str | None
    is_kept: bool
    target: str


@dataclass(frozen=True, slots=True)
class Pending:
    """
    The password was right, and more is asked: on the page of the request, in this browser.

    Args:
        kind: of the means that the person set up; None where they choose.
    """

    request_id: str
    nonce: str
    kind: str | None


def sign_in(rules: SignIn, attempt: Attempt) -> Opened | Pending:
    """
    Check the password of *attempt*.

    Raises: ``NotAllowed`` (``sign_in.refused``, the same for unknown people and wrong
    passwords) and ``TooManyAttempts``.
    """
    typed = names.candidates(attempt.identifier, rules)
    credentials = find_credentials(typed)
    known = known_devices.find(attempt.device_keys, credentials.account_id)
    counted = slowdown.counted_by(credentials, typed[0], known, attempt.address)
    with bookkeeping() as session:
        slowdown.count(session, rules, counted)
    if not passwords.is_right(attempt.password, credentials.password_hash):
        raise NotAllowed(policy.REFUSED)
    with transaction(ACTOR) as session:
        slowdown.forgive(session, counted)
        return _next_step(session, rules, attempt, credentials, known)


def _next_step(
    session: Session,
    rules: SignIn,
    attempt: Attempt,
    credentials: Credentials,
    known: known_devices.Known | None,
) -> Opened | Pending:
    account = session.get_one(Account, credentials.account_id, with_for_update=True)
    means = factors.means_of(session, account)
    is_asked = policy.asks_factor(
        setting_for(rules, account),
        is_proven_device=bool(known and known.is_proven),
        has_own=any(each.is_own for each in means),
    )
    new = NewSession(
        credential_version=credentials.credential_version,
        device=attempt.device,
        is_kept=_may_keep(rules, account) and attempt.is_kept,
        must_add_factor=is_asked and not means,
    )
    if is_asked and means:
        kind = next((each.kind for each in means if each.is_own), None)
        made = sign_in_requests.make(session, account, new, target=attempt.target, kind=kind)
        return Pending(*made, kind)
    return let_in(session, rules, account, new, known=known, target=attempt.target)


def setting_for(rules: SignIn, account: Account) -> str:
    """What the clinic asks of such a person beside the password: ``off`` and so on."""
    return rules.staff_second_factor if _is_staff(account) else rules.second_factor


def _is_staff(account: Account) -> bool:
    return set(account.roles.split()) != {PATIENT}


def _may_keep(rules: SignIn, account: Account) -> bool:
    """S4-3; never for staff, who see what is not theirs."""
    return rules.keep_days > 0 and not _is_staff(account)


def let_in(
    session: Session,
    rules: SignIn,
    account: Account,
    new: NewSession,
    *,
    known: known_devices.Known | None,
    target: str,
) -> Opened:
    """All that was asked is shown: a session, in a browser that is known from here on."""
    key = open_session(session, rules, account, new)
    device_key = known_devices.remember(
        session,
        known,
        account_id=account.id,
        device=new.device,
        is_proven=new.factor is not None,
        lifetime=timedelta(days=rules.known_device_days),
    )
    return Opened(key, device_key, new.is_kept, target)
