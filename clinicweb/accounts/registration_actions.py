"""
Opening an account by oneself.

The page writes a request down; the worker finds out who is meant and mails what comes of it, so
that the page does the same for everybody.  Items: S0-13…17, S1-2…5, S3-5…9, S4-7…12.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from clinicweb.accounts import letters, matching, names, passwords
from clinicweb.accounts.activation_actions import invite, may_mail
from clinicweb.accounts.models import (
    AFFILIATION,
    DOCUMENT,
    EMAIL,
    USERNAME,
    Account,
    AccountIdentifier,
    RegistrationRequest,
    TermsAcceptance,
)
from clinicweb.accounts.records import find_records, new_patient
from clinicweb.audit import actions as audit
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules, Terms
from clinicweb.core import clock, drafts, limits
from clinicweb.core.db import bookkeeping, transaction
from clinicweb.core.drafts import Owner
from clinicweb.core.errors import InvalidInput
from clinicweb.core.i18n import _
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import PATIENT, SystemActor

FLOW = "registro"

_HOUR = timedelta(hours=1)
_BATCH = 20
_ACTOR = SystemActor("registration")
# What nobody finished is forgotten.
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
    password_hash = passwords.hash_password(command.password) if command.password else None
    limit = rules.registration.requests_per_address_hour
    with bookkeeping() as session:
        limits.count_attempt(session, f"register:{command.address}", limit=limit, window=_HOUR)
        _refuse_taken_username(session, command.typed.get("username"))
        draft = drafts.start_or_lock(session, command.draft_id, FLOW, command.owner)
        if draft.result is None:
            request = _request(rules, command, password_hash)
            session.add(request)
            drafts.finish(draft, {"request": request.id})


def _refuse_taken_username(session: Session, username: str | None) -> None:
    wanted = names.username(username or "")
    taken = select(AccountIdentifier.id).filter_by(kind=USERNAME, value=wanted)
    if session.scalar(taken) is not None:
        raise InvalidInput({"username": [_("Ese nombre de usuario ya existe. Elija otro.")]})


def _request(
    rules: ClinicRules, command: Register, password_hash: str | None
) -> RegistrationRequest:
    terms = rules.terms
    return RegistrationRequest(
        id=new_public_id(),
        typed=dict(command.typed),
        password_hash=password_hash,
        language=command.language,
        address=command.address,
        terms_version=terms.version or None,
        terms_hash=terms_hash(terms) if terms.version else None,
        is_ready=rules.registration.activation != "code",
        created_at=clock.now(),
    )


def terms_hash(terms: Terms) -> str:
    return hashlib.sha256(terms.text.encode()).hexdigest()


def send_code(request_id: str) -> None:
    """S1-6: the person chose where the code goes; now it is sent."""
    with bookkeeping() as session:
        request = session.get(RegistrationRequest, request_id)
        if request is not None:
            request.is_ready = True


def answer_requests(rules: ClinicRules) -> int:
    """The worker's part: accounts for those who are meant, words for all.  How many it took."""
    taken = 0
    while taken < _BATCH and _answer_next(rules):
        taken += 1
    return taken


def _answer_next(rules: ClinicRules) -> bool:
    waiting = (
        select(RegistrationRequest)
        .where(RegistrationRequest.is_ready, RegistrationRequest.answered_at.is_(None))
        .order_by(RegistrationRequest.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    with transaction(_ACTOR) as session:
        request = session.scalar(waiting)
        if request is None:
            return False
        outcome = _answer(session, rules, request)
        request.answered_at, request.typed, request.password_hash = clock.now(), None, None
        audit.record(
            session,
            "registration.answer",
            record_type="registration_request",
            record_id=request.id,
            detail={"outcome": outcome},
        )
        return True


def _answer(session: Session, rules: ClinicRules, request: RegistrationRequest) -> str:
    typed, proof = request.typed or {}, rules.registration.proof
    claim = matching.Claim(
        proof=proof,
        email=typed.get("email") or "",
        phone=typed.get("phone"),
        name=typed.get("full_name"),
    )
    found = matching.match(claim, find_records(session, rules, typed))
    if found.outcome in (matching.OPEN, matching.NEW):
        _open(session, rules, request, found.patient_id)
    elif may_mail(session, claim.email):
        letters.tell_not_registered(session, rules, request, taken=found.outcome == matching.TAKEN)
    return found.outcome


def _open(
    session: Session, rules: ClinicRules, request: RegistrationRequest, patient_id: int | None
) -> None:
    typed, registration = request.typed or {}, rules.registration
    patient = (
        session.get_one(Patient, patient_id) if patient_id else new_patient(session, rules, typed)
    )
    account = Account(
        name=patient.full_name,
        roles=PATIENT,
        patient_id=patient.id,
        password_hash=request.password_hash or "",
        is_activated=registration.activation == "none",
        must_change_password=registration.generates_password,
        email=typed.get("email"),
        phone=typed.get("phone"),
        created_at=clock.now(),
        identifiers=_identifiers(session, rules, patient, typed),
    )
    session.add(account)
    session.flush()
    _note_terms(session, request, account)
    if account.is_activated:
        letters.tell_welcome(session, rules, account, request.language)
    else:
        request.link_id = invite(session, rules, account, request.language)


def _identifiers(
    session: Session, rules: ClinicRules, patient: Patient, typed: Mapping[str, str | None]
) -> list[AccountIdentifier]:
    """Document, user name, e-mail, affiliation number: whatever this clinic signs in with."""
    wanted = {
        DOCUMENT: patient.document_number,
        USERNAME: names.username(typed.get("username") or "") or None,
        EMAIL: names.username(typed.get("email") or "") or None,
        AFFILIATION: patient.affiliation_number,
    }
    kinds = {*rules.sign_in.names, USERNAME, DOCUMENT}
    found = []
    for kind, value in wanted.items():
        taken = select(AccountIdentifier.id).filter_by(kind=kind, value=value)
        if value and kind in kinds and session.scalar(taken) is None:
            found.append(AccountIdentifier(kind=kind, value=value))
    return found


def _note_terms(session: Session, request: RegistrationRequest, account: Account) -> None:
    if request.terms_version and request.terms_hash:
        session.add(
            TermsAcceptance(
                account_id=account.id,
                version=request.terms_version,
                text_hash=request.terms_hash,
                accepted_at=request.created_at,
                address=request.address,
            )
        )


def purge(session: Session) -> None:
    """Forget requests that nobody finished."""
    session.execute(
        delete(RegistrationRequest).where(RegistrationRequest.created_at < clock.now() - _KEPT)
    )
