"""Right passwords that wait for a second factor: whose they are, and whether they still count."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from clinicweb.accounts import factors, letters
from clinicweb.accounts.models import Account, SignInRequest
from clinicweb.accounts.session_actions import NewSession
from clinicweb.audit import actions as audit
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.ids import new_public_id

MOST_CHOICES = 5
MOST_ATTEMPTS = 5
CODE_WRONG = "sign_in.code_wrong"
CODE_OVER = "sign_in.code_over"

LIFETIME = timedelta(minutes=letters.CODE_MINUTES)
_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Browser:
    """
    Whose a request is.

    Args:
        nonce: stands in the cookie of one browser alone; empty in all others.
        device_keys: what the browser knows itself by.
    """

    request_id: str
    nonce: str
    device_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the pages of a request show: the means, and the kind of the one chosen last."""

    means: tuple[factors.Means, ...]
    kind: str | None
    can_choose: bool


def make(
    session: Session, account: Account, new: NewSession, *, target: str, kind: str | None
) -> tuple[str, str]:
    """
    A request for the session *new* of *account*, to be proven by *kind* if no other is chosen.

    Returns: its id, and the browser's nonce.
    """
    nonce, now = secrets.token_urlsafe(32), clock.now()
    request = SignInRequest(
        id=new_public_id(),
        account_id=account.id,
        credential_version=new.credential_version,
        browser_hash=_hashed(nonce),
        device=new.device[:120],
        is_kept=new.is_kept,
        target=target,
        kind=kind,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(request)
    note(session, "sign_in.ask", account, request)
    return request.id, nonce


def look(browser: Browser) -> Asked:
    """Raises ``NotFound`` in any other browser, ``NotAllowed`` when it is used or took too long."""
    with reading() as session:
        request = session.scalar(select(SignInRequest).where(_is_of(browser)))
        if request is None:
            raise NotFound
        if request.used_at is not None or request.expires_at <= clock.now():
            raise NotAllowed(CODE_OVER)
        means = factors.means_of(session, session.get_one(Account, request.account_id))
        return Asked(means, request.kind, request.choices < MOST_CHOICES)


def lock_open(session: Session, browser: Browser) -> SignInRequest:
    """The request of *browser*, locked.  Raises ``NotAllowed`` when it no longer counts."""
    query = select(SignInRequest).where(_is_open(browser))
    request = session.scalar(query.with_for_update())
    if request is None:
        raise NotAllowed(CODE_OVER)
    return request


def count_try(session: Session, browser: Browser) -> int:
    """
    One more try at what was chosen last, in one statement: no race tries more often.

    Returns: the account.  Raises: ``NotAllowed`` after too many, or too late.
    """
    tried = update(SignInRequest).where(
        _is_open(browser),
        SignInRequest.kind.is_not(None),
        SignInRequest.attempts < MOST_ATTEMPTS,
    )
    counted = tried.values(attempts=SignInRequest.attempts + 1)
    account_id = session.scalar(counted.returning(SignInRequest.account_id))
    if account_id is None:
        raise NotAllowed(CODE_OVER)
    return account_id


def purge(session: Session) -> None:
    session.execute(delete(SignInRequest).where(SignInRequest.expires_at < clock.now() - _KEPT))


def note(session: Session, action: str, account: Account, request: SignInRequest) -> None:
    audit.record(
        session,
        action,
        record_type="sign_in_request",
        record_id=request.id,
        patient_id=account.patient_id,
        detail={"account": account.id, "kind": request.kind},
    )


def _is_of(browser: Browser) -> ColumnElement[bool]:
    return (SignInRequest.id == browser.request_id) & (
        SignInRequest.browser_hash == _hashed(browser.nonce)
    )


def _is_open(browser: Browser) -> ColumnElement[bool]:
    is_live = SignInRequest.used_at.is_(None) & (SignInRequest.expires_at > clock.now())
    return _is_of(browser) & is_live


def _hashed(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()
