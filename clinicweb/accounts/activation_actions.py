"""Showing that an address is one's own, by link or code.  S1-6…8, S3-14…16, S3-72, S4-13, S4-14."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from clinicweb.accounts import letters, one_time, passwords
from clinicweb.accounts.models import Account, RegistrationRequest
from clinicweb.audit import actions as audit
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import limits, tokens
from clinicweb.core.db import reading, transaction
from clinicweb.core.errors import NotAllowed, TooManyAttempts
from clinicweb.core.viewer import SystemActor

_HOUR = timedelta(hours=1)
_MAILS_AN_HOUR = 3
_ACTOR = SystemActor("registration")


def may_mail(session: Session, email: str) -> bool:
    """A stranger cannot have us write to somebody again and again."""
    try:
        limits.count_attempt(session, f"register-mail:{email}", limit=_MAILS_AN_HOUR, window=_HOUR)
    except TooManyAttempts:
        return False
    return True


def invite(session: Session, rules: ClinicRules, account: Account, language: str) -> str:
    registration = rules.registration
    link_id = one_time.make(
        session,
        one_time.ACTIVATE,
        account.id,
        lifetime=timedelta(hours=registration.link_hours),
        code_lifetime=timedelta(minutes=registration.code_minutes),
    )
    letters.tell_activation(session, rules, account, language, link_id)
    return link_id


@dataclass(frozen=True, slots=True)
class Activated:
    """*password*: the one-use one, to be shown once; None when the person chose theirs."""

    password: str | None


def activate(rules: ClinicRules, keys: tuple[str, ...], link_id: str) -> Activated:
    """
    By the mailed link: the account is open from here on.

    Raises: ``NotAllowed`` (``link.used``).
    """
    secret = _one_use(rules, keys, link_id)
    with transaction(_ACTOR) as session:
        account_id = one_time.use(session, one_time.ACTIVATE, link_id)
        _open(session, rules, account_id, secret)
    return Activated(secret.password if secret else None)


def activate_by_code(
    rules: ClinicRules, keys: tuple[str, ...], request_id: str, code: str
) -> Activated:
    """
    By the mailed code, typed on the page of the request.

    Raises: ``NotAllowed``: ``code.wrong`` (the try counts), or ``code.over`` after too many
    tries or too long.
    """
    link_id = _link_of(request_id)
    is_right = tokens.is_code(keys, one_time.ACTIVATE, link_id, code)
    secret = _one_use(rules, keys, link_id) if is_right else None
    attempts = rules.registration.code_attempts
    with transaction(_ACTOR) as session:
        account_id = one_time.use_code(session, link_id, attempts=attempts, is_right=is_right)
        audit.record(session, "activation.try", record_type="account", record_id=account_id)
        if is_right:
            _open(session, rules, account_id, secret)
    if not is_right:
        raise NotAllowed(one_time.CODE_WRONG)
    return Activated(secret.password if secret else None)


def _link_of(request_id: str) -> str:
    """Raises ``NotAllowed``: nobody was meant, or the worker is still at it; they look alike."""
    with reading() as session:
        request = session.get(RegistrationRequest, request_id)
        if request is None or request.link_id is None:
            raise NotAllowed(one_time.CODE_WRONG)
        return request.link_id


@dataclass(frozen=True, slots=True)
class _OneUse:
    """S3-8: a password of our making; its hash is made before any row is locked."""

    link_id: str
    password: str
    password_hash: str


def _one_use(rules: ClinicRules, keys: tuple[str, ...], link_id: str) -> _OneUse | None:
    if not rules.registration.generates_password:
        return None
    password = tokens.password(keys[-1], one_time.ACTIVATE, link_id)
    return _OneUse(link_id, password, passwords.hash_password(password))


def _open(session: Session, rules: ClinicRules, account_id: int, secret: _OneUse | None) -> None:
    account = session.get_one(Account, account_id)
    account.is_activated = True
    if secret:
        account.password_hash = secret.password_hash
    letters.tell_activated(session, rules, account, secret.link_id if secret else None)
    audit.record(
        session,
        "account.activate",
        record_type="account",
        record_id=account.id,
        patient_id=account.patient_id,
    )


def resend(rules: ClinicRules, request_id: str) -> None:
    """S3-72: the activation mail again, as often as needed within a limit; or nothing."""
    with transaction(_ACTOR) as session:
        request = session.get(RegistrationRequest, request_id)
        old = one_time.row(session, request.link_id) if request and request.link_id else None
        if request is None or old is None or old.used_at is not None:
            return
        account = session.get_one(Account, old.account_id)
        if may_mail(session, account.email or ""):
            request.link_id = invite(session, rules, account, request.language)
            audit.record(session, "activation.resend", record_type="account", record_id=account.id)
