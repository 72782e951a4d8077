"""
Opening an account by oneself: the page writes a request down, the worker answers it.

So the page does the same for everybody, and only a mailbox learns who is known to the clinic.
Items: S0-13…17, S1-2…5, S3-5…9, S4-7…12.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinicweb.accounts import enrolment, letters, matching, names, one_time, passwords
from clinicweb.accounts.models import USERNAME, RegistrationRequest
from clinicweb.audit import actions as audit
from clinicweb.clinic.rules import ClinicRules, Terms
from clinicweb.core import clock, drafts, limits
from clinicweb.core.db import bookkeeping
from clinicweb.core.drafts import Owner
from clinicweb.core.errors import InvalidInput
from clinicweb.core.i18n import _
from clinicweb.core.ids import new_public_id
from clinicweb.core.queue import work_through
from clinicweb.core.viewer import SystemActor

FLOW = "registro"
MAILS_AN_HOUR = 3

_HOUR = timedelta(hours=1)
# What nobody finished is forgotten so long after its link.
_KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Register:
    """A filled-in registration; *typed* as text by field, *password* None when one is made."""

    draft_id: str
    owner: Owner
    typed: Mapping[str, str | None]
    password: str | None
    language: str
    address: str


def register(rules: ClinicRules, command: Register) -> None:
    """
    Write the registration down, once for each draft.

    Raises: ``InvalidInput`` for a user name that somebody has (S4-9), ``TooManyAttempts``.
    """
    limit = rules.registration.requests_per_address_hour
    with bookkeeping() as session:  # of its own: a refused one counts too
        counted = f"register:{limits.network_of(command.address)}"
        limits.count_attempt(session, counted, limit=limit, window=_HOUR)
    request = _request(rules, command)
    try:
        _write(command, request)
    except IntegrityError:  # a double click made the draft first
        _write(command, _request(rules, command))


def _write(command: Register, request: RegistrationRequest) -> None:
    wanted = names.username(command.typed.get("username") or "")
    with bookkeeping() as session:
        draft = drafts.start_or_lock(session, command.draft_id, FLOW, command.owner)
        if draft.result is not None:
            return
        if enrolment.is_taken(session, USERNAME, wanted):
            taken = _("Ese nombre de usuario ya existe. Elija otro.")
            raise InvalidInput({"username": [taken]})
        session.add(request)
        drafts.finish(draft, {"request": request.id})


def _request(rules: ClinicRules, command: Register) -> RegistrationRequest:
    terms, now = rules.terms, clock.now()
    return RegistrationRequest(
        id=new_public_id(),
        typed=dict(command.typed),
        password_hash=passwords.hash_password(command.password) if command.password else None,
        language=command.language,
        address=command.address,
        terms_version=terms.version or None,
        terms_hash=terms_hash(terms) if terms.version else None,
        code_sent_at=None if rules.registration.activation == "code" else now,
        created_at=now,
    )


def terms_hash(terms: Terms) -> str:
    return hashlib.sha256(terms.text.encode()).hexdigest()


def send_code(request_id: str) -> None:
    """S1-6: the person chose where the code goes; now it is sent."""
    waiting = update(RegistrationRequest).where(
        RegistrationRequest.id == request_id, RegistrationRequest.code_sent_at.is_(None)
    )
    with bookkeeping() as session:
        session.execute(waiting.values(code_sent_at=clock.now()))


def ask_again(request_id: str) -> None:
    """
    S3-72: the activation mail once more, in place of the one before; as often as needed.

    Raises: ``TooManyAttempts`` after some an hour, whether mails were sent or not.
    """
    with bookkeeping() as session:
        limits.count_attempt(session, f"again:{request_id}", limit=MAILS_AN_HOUR, window=_HOUR)
        session.execute(
            update(RegistrationRequest)
            .where(
                RegistrationRequest.id == request_id, RegistrationRequest.code_sent_at.is_not(None)
            )
            .values(answered_at=None, code_sent_at=clock.now(), code_attempts=0)
        )


def answer_requests(rules: ClinicRules) -> int:
    """The worker's part: accounts for those who are meant, words for all.  How many it took."""
    waiting = (
        select(RegistrationRequest)
        .where(
            RegistrationRequest.code_sent_at.is_not(None), RegistrationRequest.answered_at.is_(None)
        )
        .order_by(RegistrationRequest.code_sent_at)
    )
    return work_through(waiting, SystemActor("registration"), partial(_answer, rules))


def _answer(rules: ClinicRules, session: Session, request: RegistrationRequest) -> None:
    outcome = _decide(session, rules, request) if request.typed else "over"
    request.answered_at = clock.now()
    audit.record(
        session,
        "registration.answer",
        record_type="registration_request",
        record_id=request.id,
        detail={"outcome": outcome},
    )


def _decide(session: Session, rules: ClinicRules, request: RegistrationRequest) -> str:
    found = enrolment.decide(session, rules, request)
    may_mail = _may_mail(session, str((request.typed or {}).get("email")))
    if not found.is_good:
        if may_mail:
            letters.tell_not_registered(session, rules, request, found.outcome)
        enrolment.forget(request)
    elif matching.must_show_address(rules.registration.activation, found.outcome):
        if may_mail:
            _send_link(session, rules, request, found)
    else:
        _let_in(session, rules, request, found, may_mail=may_mail)
    return found.outcome


def _may_mail(session: Session, email: str) -> bool:
    """A stranger cannot have us write to somebody again and again."""
    counted = f"register-mail:{email.casefold()}"
    return limits.may_attempt(session, counted, limit=MAILS_AN_HOUR, window=_HOUR)


def _send_link(
    session: Session, rules: ClinicRules, request: RegistrationRequest, found: matching.Match
) -> None:
    request.link_id = one_time.make_for_nobody(
        session,
        one_time.ACTIVATE,
        lifetime=timedelta(hours=rules.registration.link_hours),
        instead_of=request.link_id,
    )
    letters.tell_activation(session, rules, request, found.name)


def _let_in(
    session: Session,
    rules: ClinicRules,
    request: RegistrationRequest,
    found: matching.Match,
    *,
    may_mail: bool,
) -> None:
    """S0-17: usable at once; the mail only says so."""
    password_hash = request.password_hash or ""
    account = enrolment.enrol(session, rules, request, found, password_hash=password_hash)
    if may_mail:
        letters.tell_activated(session, rules, account, request.language)
    audit.record(
        session,
        "account.open",
        record_type="account",
        record_id=account.id,
        patient_id=account.patient_id,
    )


def purge(rules: ClinicRules) -> None:
    """Forget the requests that nobody finished."""
    kept = _KEPT + timedelta(hours=rules.registration.link_hours)
    old = RegistrationRequest.created_at < clock.now() - kept
    with bookkeeping() as session:
        session.execute(delete(RegistrationRequest).where(old))
