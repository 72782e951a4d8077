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

from clinicweb.accounts import (
    enrolment,
    guesses,
    journal,
    letters,
    matching,
    names,
    one_time,
    passwords,
    queries,
)
from clinicweb.accounts.models import USERNAME, RegistrationRequest
from clinicweb.audit import actions as audit
from clinicweb.clinic.rules import ClinicRules, Terms
from clinicweb.core import clock, drafts, limits
from clinicweb.core.db import bookkeeping
from clinicweb.core.drafts import Owner
from clinicweb.core.errors import InvalidInput
from clinicweb.core.i18n import _
from clinicweb.core.ids import new_public_id
from clinicweb.core.phones import masked_phone
from clinicweb.core.queue import work_through
from clinicweb.core.viewer import SystemActor
from clinicweb.notifications.actions import EMAIL, SMS, count_asked, count_text
from clinicweb.notifications.queries import can_text

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
        if command.typed.get("card_serial"):
            number = command.typed.get("affiliation_number") or ""
            guesses.count_card(session, rules, number, command.address)
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
        channels=_channels(rules, command.typed),
    )


def _channels(rules: ClinicRules, typed: Mapping[str, str | None]) -> dict[str, str]:
    """Where a code can go, masked: what they typed, whoever they are."""
    email, phone = typed.get("email") or "", typed.get("phone")
    channels = {EMAIL: queries.masked(email)}
    if phone and rules.registration.activation == "code" and can_text(rules, phone):
        channels[SMS] = masked_phone(phone)
    return channels


def terms_hash(terms: Terms) -> str:
    return hashlib.sha256(terms.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Ask:
    """A code for the registration *request_id*; *address* of the network that asks."""

    request_id: str
    channel: str
    address: str


def send_code(rules: ClinicRules, ask: Ask) -> None:
    """
    S1-6: the person chose where the code goes; now it is sent.

    Raises: ``TooManyAttempts`` for text messages alone.
    """
    waiting = update(RegistrationRequest).where(
        RegistrationRequest.id == ask.request_id, RegistrationRequest.code_sent_at.is_(None)
    )
    with bookkeeping() as session:
        if ask.channel == SMS:
            _count_text(session, rules, ask)
        session.execute(waiting.values(code_sent_at=clock.now(), channel=ask.channel))


def _count_text(session: Session, rules: ClinicRules, ask: Ask) -> None:
    """As many as one telephone gets, so that nobody waits for one that is not sent."""
    limit = rules.sms.per_phone_hour
    count_asked(session, rules.sms, ask.address)
    limits.count_attempt(session, f"texts:{ask.request_id}", limit=limit, window=_HOUR)


def ask_again(rules: ClinicRules, ask: Ask) -> None:
    """
    S3-72: the activation message once more, in place of the one before; as often as needed.

    Raises: ``TooManyAttempts`` after some an hour, whether any was sent or not.
    """
    request_id = ask.request_id
    with bookkeeping() as session:
        if ask.channel == SMS:
            _count_text(session, rules, ask)
        else:
            limits.count_attempt(session, f"again:{request_id}", limit=MAILS_AN_HOUR, window=_HOUR)
        session.execute(
            update(RegistrationRequest)
            .where(
                RegistrationRequest.id == request_id, RegistrationRequest.code_sent_at.is_not(None)
            )
            .values(
                answered_at=None, code_sent_at=clock.now(), code_attempts=0, channel=ask.channel
            )
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
    if request.channel == SMS:
        _text(session, rules, request, found)
        return found.outcome
    may_mail = may_mail_to(session, str((request.typed or {}).get("email")))
    if not found.is_good:
        if may_mail:
            letters.tell_not_registered(session, rules, request, found.outcome)
        _close(session, request)
    elif matching.must_show_address(rules.registration.activation, found.outcome):
        if may_mail:
            _make_link(session, rules, request)
            letters.tell_activation(session, rules, request, found.name)
    else:
        _let_in(session, rules, request, found, may_mail=may_mail)
    return found.outcome


def may_mail_to(session: Session, email: str) -> bool:
    """A stranger cannot have us write to somebody again and again."""
    counted = f"register-mail:{email.casefold()}"
    return limits.may_attempt(session, counted, limit=MAILS_AN_HOUR, window=_HOUR)


def _text(
    session: Session, rules: ClinicRules, request: RegistrationRequest, found: matching.Match
) -> None:
    """
    A code, or silence: a no by text message would cost money, and the clinic's name would go to
    any telephone that a stranger types.
    """
    if not found.is_good:
        _close(session, request)
    elif count_text(session, rules.sms, str((request.typed or {}).get("phone"))):
        _make_link(session, rules, request)
        letters.text_activation(session, rules, request)


def _close(session: Session, request: RegistrationRequest) -> None:
    """No code of this registration counts; by another channel it may still be shown whose it is."""
    one_time.retire(session, request.link_id)
    request.link_id = None
    if len(request.channels or {}) <= 1:
        enrolment.forget(request)


def _make_link(session: Session, rules: ClinicRules, request: RegistrationRequest) -> None:
    request.link_id = one_time.make_for_nobody(
        session,
        one_time.ACTIVATE,
        lifetime=timedelta(hours=rules.registration.link_hours),
        instead_of=request.link_id,
    )


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
    journal.note(session, "account.open", account)


def purge(rules: ClinicRules) -> None:
    """Forget the requests that nobody finished."""
    kept = _KEPT + timedelta(hours=rules.registration.link_hours)
    old = RegistrationRequest.created_at < clock.now() - kept
    with bookkeeping() as session:
        session.execute(delete(RegistrationRequest).where(old))
