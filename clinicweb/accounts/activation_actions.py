"""Showing that an address is one's own, by link or code.  S1-7, S1-8, S3-14…16, S4-13, S4-14."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinicweb.accounts import enrolment, journal, letters, matching, one_time, passwords
from clinicweb.accounts.models import RegistrationRequest
from clinicweb.audit import actions as audit
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, tokens
from clinicweb.core.db import transaction
from clinicweb.core.errors import NotAllowed
from clinicweb.core.i18n import language
from clinicweb.core.viewer import SystemActor

_ACTOR = SystemActor("registration")


@dataclass(frozen=True, slots=True)
class Activated:
    """*password*: the one-use one, to be shown once; None when the person chose theirs."""

    password: str | None


def activate(rules: ClinicRules, keys: tuple[str, ...], link_id: str) -> Activated:
    """
    By the mailed link: the account is open from here on.

    Raises: ``NotAllowed``: ``link.used``, or ``register.…`` when others were faster.
    """
    secret = _one_use(rules, keys, link_id)
    try:
        with transaction(_ACTOR) as session:
            _open(session, rules, link_id, secret)
    except IntegrityError:  # of two registrations for one person, the other was faster
        raise NotAllowed(enrolment.REFUSED + matching.TAKEN) from None
    return Activated(secret.password if secret else None)


def activate_by_code(
    rules: ClinicRules, keys: tuple[str, ...], request_id: str, code: str
) -> Activated:
    """
    By the mailed code, typed on the page of the request.

    Raises: ``NotAllowed``: ``code.wrong``, or ``code.over`` after too many tries or too long;
    the same whether a code was sent or not.  As ``activate`` besides.
    """
    link_id = _count_try(rules, request_id)
    purpose = one_time.ACTIVATE
    is_right = tokens.is_code(keys, purpose, link_id or request_id, code)
    if not (is_right and link_id):
        raise NotAllowed(one_time.CODE_WRONG)
    try:
        return activate(rules, keys, link_id)
    except NotAllowed as refusal:
        if refusal.reason == one_time.USED:
            raise NotAllowed(one_time.CODE_OVER) from None
        raise


def _count_try(rules: ClinicRules, request_id: str) -> str | None:
    """
    Each try counts, in one UPDATE, before it is answered: no race guesses more often.

    Returns: the id of the link that was sent with the code, if any was.
    """
    registration = rules.registration
    tried = update(RegistrationRequest).where(
        RegistrationRequest.id == request_id,
        RegistrationRequest.code_attempts < registration.code_attempts,
        RegistrationRequest.code_sent_at
        > clock.now() - timedelta(minutes=registration.code_minutes),
    )
    counted = tried.values(code_attempts=RegistrationRequest.code_attempts + 1)
    with transaction(_ACTOR) as session:
        found = session.execute(counted.returning(RegistrationRequest.link_id)).one_or_none()
        if found is None:
            raise NotAllowed(one_time.CODE_OVER)
        audit.record(session, "code.try", record_type="registration_request", record_id=request_id)
        return found.link_id


@dataclass(frozen=True, slots=True)
class _OneUse:
    """S3-8: a password of our making; its hash is made before any row is locked."""

    password: str
    password_hash: str


def _one_use(rules: ClinicRules, keys: tuple[str, ...], link_id: str) -> _OneUse | None:
    if not rules.registration.generates_password:
        return None
    password = tokens.password(keys[-1], one_time.ACTIVATE, link_id)
    return _OneUse(password, passwords.hash_password(password))


def _open(session: Session, rules: ClinicRules, link_id: str, secret: _OneUse | None) -> None:
    one_time.use(session, one_time.ACTIVATE, link_id)
    mine = select(RegistrationRequest).where(RegistrationRequest.link_id == link_id)
    request = session.scalar(mine.with_for_update())
    if request is None or request.typed is None:
        raise NotAllowed(one_time.USED)
    found = enrolment.decide(session, rules, request)
    if not found.is_good:
        raise NotAllowed(enrolment.REFUSED + found.outcome)
    password_hash = secret.password_hash if secret else str(request.password_hash)
    one_use_of = link_id if secret else None
    account = enrolment.enrol(session, rules, request, found, password_hash=password_hash)
    letters.tell_activated(session, rules, account, language(), one_use_of=one_use_of)
    journal.note(session, "account.activate", account)
