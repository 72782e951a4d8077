"""Showing the second factor of a sign-in: the means is chosen, then proven (S1-11, S1-12)."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from clinicweb.accounts import factors, known_devices, sign_in_requests
from clinicweb.accounts.models import Account, SignInRequest
from clinicweb.accounts.session_actions import NewSession
from clinicweb.accounts.sign_in_actions import ACTOR, Opened, let_in
from clinicweb.accounts.sign_in_requests import CODE_OVER, CODE_WRONG, MOST_CHOICES, Browser
from clinicweb.clinic.rules import ClinicRules
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core import clock, limits
from clinicweb.core.db import bookkeeping, transaction
from clinicweb.core.errors import NotAllowed, NotFound

MOST_GUESSES_HOUR = 20
_HOUR = timedelta(hours=1)


def choose(rules: ClinicRules, browser: Browser, kind: str) -> None:
    """
    S1-11: by *kind* from here on; a code goes out where one is sent, and those before it are
    worth nothing.

    Raises: ``NotAllowed`` (too late, or too often), ``NotFound`` for a kind that the account
    does not have, ``TooManyAttempts`` for codes of the account.
    """
    with transaction(ACTOR) as session:
        request = sign_in_requests.lock_open(session, browser)
        if request.choices >= MOST_CHOICES:
            raise NotAllowed(CODE_OVER)
        account = session.get_one(Account, request.account_id)
        if kind not in [means.kind for means in factors.means_of(session, account)]:
            raise NotFound
        request.kind, request.choices, request.attempts = kind, request.choices + 1, 0
        request.expires_at = clock.now() + sign_in_requests.LIFETIME
        if factors.is_sent(kind):
            limit = rules.sign_in.codes_per_account_hour
            limits.count_attempt(session, _sent(account.id), limit=limit, window=_HOUR)
            factors.send(session, rules, request, account)
        sign_in_requests.note(session, "sign_in.choose", account, request)


def prove(rules: ClinicRules, keys: Sequence[str], browser: Browser, typed: str) -> Opened:
    """
    S1-12: what the means asks for.

    Raises: ``NotAllowed``: ``sign_in.code_wrong``, or ``sign_in.code_over`` after too many
    tries or too long; ``TooManyAttempts`` for guesses at the account.
    """
    known = known_devices.find(browser.device_keys, count_try(browser))
    with transaction(ACTOR) as session:
        request = sign_in_requests.lock_open(session, browser)
        if not factors.is_right(session, factors.Asked(rules, keys, request), typed):
            raise NotAllowed(CODE_WRONG)
        return finish(session, rules.sign_in, request, known=known)


def count_try(browser: Browser) -> int:
    """
    Each try counts before it is answered.  Returns: the account.

    Raises: as ``prove``.
    """
    with bookkeeping() as session:
        account_id = sign_in_requests.count_try(session, browser)
        # However many requests somebody makes who knows the password.
        limits.count_attempt(session, _guessed(account_id), limit=MOST_GUESSES_HOUR, window=_HOUR)
        return account_id


def finish(
    session: Session,
    rules: SignIn,
    request: SignInRequest,
    *,
    known: known_devices.Known | None,
) -> Opened:
    """
    *request*, locked in this transaction, has its proof: use it up and open the session.

    Raises: ``NotAllowed`` when the account was closed or got another password meanwhile.
    """
    request.used_at = clock.now()
    account = session.get_one(Account, request.account_id, with_for_update=True)
    if not account.is_active or account.credential_version != request.credential_version:
        raise NotAllowed(CODE_OVER)
    forget_codes(session, account.id)
    new = NewSession(
        credential_version=request.credential_version,
        device=request.device,
        is_kept=request.is_kept,
        factor=request.kind,
    )
    return let_in(session, rules, account, new, known=known, target=request.target)


def forget_codes(session: Session, account_id: int) -> None:
    """Its owner has shown who they are: codes sent to and guessed of it before do not count."""
    limits.forget_attempts(session, _sent(account_id))
    limits.forget_attempts(session, _guessed(account_id))


def purge() -> None:
    """Forget what nobody finished, and the devices that nobody came back with."""
    with bookkeeping() as session:
        sign_in_requests.purge(session)
        known_devices.purge(session)


def _sent(account_id: int) -> str:
    return f"code-sent:{account_id}"


def _guessed(account_id: int) -> str:
    return f"code-guess:{account_id}"
