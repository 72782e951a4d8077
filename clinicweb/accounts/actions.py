"""What people do to come in and to go; and how accounts are made."""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from clinicweb.accounts import names, passwords, policy
from clinicweb.accounts.models import (
    AFFILIATION,
    DOCUMENT,
    EMAIL,
    USERNAME,
    Account,
    AccountIdentifier,
    LoginSession,
)
from clinicweb.accounts.queries import Credentials, find_credentials, key_hash
from clinicweb.audit import actions as audit
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.clinic.rules import SignIn
from clinicweb.core import clock, db, limits
from clinicweb.core.db import bookkeeping, transaction
from clinicweb.core.errors import InvalidInput, NotAllowed, NotFound, Unavailable
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import PATIENT, PRACTITIONER, ROLES, Actor, SystemActor, Viewer

log = logging.getLogger(__name__)

_HOUR = timedelta(hours=1)
_SEEN_STEP = timedelta(minutes=1)
_SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200
_LONGEST_USERNAME = 120


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody at the door: what they typed, from which address and device."""

    identifier: str
    password: str
    address: str
    device: str


def sign_in(rules: SignIn, attempt: Attempt) -> str:
    """
    Check *attempt* and open a session.

    Returns: the session's key, to be kept by the browser alone.
    Raises: ``NotAllowed`` (``sign_in.refused``, the same for unknown people and wrong
    passwords) and ``TooManyAttempts``.
    """
    typed = names.candidates(attempt.identifier, rules)
    credentials = find_credentials(typed)
    counted = f"account:{credentials.account_id}" if credentials.account_id else f"name:{typed[0]}"
    address = f"address:{limits.network_of(attempt.address)}"
    with bookkeeping() as session:
        limits.count_attempt(session, counted, limit=rules.failures_per_account_hour, window=_HOUR)
        limits.count_attempt(session, address, limit=rules.failures_per_address_hour, window=_HOUR)
    if not passwords.is_right(attempt.password, credentials.password_hash):
        raise NotAllowed(policy.REFUSED)
    return _open_session(rules, credentials, attempt.device, counted=counted, address=address)


def _open_session(
    rules: SignIn, credentials: Credentials, device: str, *, counted: str, address: str
) -> str:
    key, now = secrets.token_urlsafe(32), clock.now()
    with transaction(SystemActor("sign-in")) as session:
        account = session.get_one(Account, credentials.account_id)
        login = LoginSession(
            public_id=new_public_id(),
            key_hash=key_hash(key),
            account_id=account.id,
            # The one that was checked: a password changed meanwhile ends this session at once.
            credential_version=credentials.credential_version,
            device=device[:120],
            created_at=now,
            last_seen_at=now,
            confirmed_at=now,
            expires_at=now + timedelta(hours=rules.absolute_hours),
        )
        session.add(login)
        session.flush()
        limits.forget_attempts(session, counted)
        limits.give_back_attempt(session, address)
        _note_session(session, "session.start", login, account)
    return key


def _note_session(session: Session, action: str, login: LoginSession, account: Account) -> None:
    audit.record(
        session,
        action,
        record_type="login_session",
        record_id=login.id,
        patient_id=account.patient_id,
        detail={"account": account.id},
    )


def sign_out(viewer: Viewer) -> None:
    """End the viewer's present session; its cookie is worth nothing from here on."""
    with transaction(viewer) as session:
        _end(session, viewer, session.get_one(LoginSession, viewer.session_id))


def end_session(viewer: Viewer, public_id: str) -> None:
    """End one of the viewer's own sessions.  Raises ``NotFound`` for anybody else's."""
    query = select(LoginSession).where(
        LoginSession.public_id == public_id,
        LoginSession.account_id == viewer.account_id,
        LoginSession.ended_at.is_(None),
    )
    with transaction(viewer) as session:
        login = session.scalar(query)
        if login is None:
            raise NotFound
        _end(session, viewer, login)


def _end(session: Session, viewer: Viewer, login: LoginSession) -> None:
    login.ended_at = clock.now()
    _note_session(session, "session.end", login, session.get_one(Account, viewer.account_id))


def touch_session(session_id: int) -> None:
    """
    Note that the person is still there, at most once a minute.

    The one write that a GET makes; it changes nothing that anybody can read but a time.  While
    the database takes no writes, pages go on without it.
    """
    now = clock.now()
    stale = LoginSession.last_seen_at <= now - _SEEN_STEP
    seen = update(LoginSession).where(LoginSession.id == session_id, stale)
    try:
        with db.noting() as session:
            session.execute(seen.values(last_seen_at=now))
    except Unavailable:
        log.warning("session %s could not be noted as seen", session_id)


@dataclass(frozen=True, slots=True)
class CreateAccount:
    """
    A new account for one of: a patient (by *mrn*), a practitioner (by *code*), staff.

    *kinds*: which names of a patient's record sign in, beside the user name.
    """

    password: str
    mrn: str | None = None
    practitioner: str | None = None
    roles: tuple[str, ...] = ()
    name: str | None = None
    username: str | None = None
    kinds: Sequence[str] = (DOCUMENT,)


def create_account(actor: Actor, command: CreateAccount) -> int:
    """
    Make an account for people who get no e-mail.

    Returns: its id.  Raises: ``NotFound`` for an unknown patient or practitioner,
    ``InvalidInput`` for a short password, a name taken, or nobody to make it for.
    """
    if not _SHORTEST_PASSWORD <= len(command.password) <= LONGEST_PASSWORD:
        limits_text = f"between {_SHORTEST_PASSWORD} and {LONGEST_PASSWORD} characters"
        raise InvalidInput({"password": [limits_text]})
    password_hash = passwords.hash_password(command.password)
    with transaction(actor) as session:
        account = _account_for(session, command)
        account.password_hash, account.created_at = password_hash, clock.now()
        if command.username is not None:
            _add_name(account, USERNAME, _good_username(command.username))
        _refuse_taken_names(session, account)
        session.add(account)
        session.flush()
        audit.record(
            session,
            "account.create",
            record_type="account",
            record_id=account.id,
            patient_id=account.patient_id,
        )
        return account.id


def _account_for(session: Session, command: CreateAccount) -> Account:
    if command.mrn is not None:
        return _patients_account(session, command.mrn, command.kinds)
    if command.practitioner is not None:
        return _practitioners_account(session, command.practitioner)
    if not command.roles or not set(command.roles) <= set(ROLES) or not command.username:
        raise InvalidInput({"username": ["staff need a user name and a role"]})
    return Account(name=command.name or command.username, roles=" ".join(command.roles))


def _patients_account(session: Session, mrn: str, kinds: Sequence[str]) -> Account:
    patient = session.scalar(select(Patient).where(Patient.mrn == mrn))
    if patient is None:
        raise NotFound
    _refuse_second_account(session, patient_id=patient.id)
    account = Account(name=patient.full_name, roles=PATIENT, patient_id=patient.id)
    recorded = {
        DOCUMENT: patient.document_number,
        EMAIL: names.username(patient.email or ""),
        AFFILIATION: patient.affiliation_number,
    }
    for kind, value in recorded.items():
        if value and kind in kinds:
            _add_name(account, kind, value)
    return account


def _practitioners_account(session: Session, code: str) -> Account:
    practitioner = session.scalar(select(Practitioner).where(Practitioner.code == code))
    if practitioner is None:
        raise NotFound
    _refuse_second_account(session, practitioner_id=practitioner.id)
    return Account(name=practitioner.full_name, roles=PRACTITIONER, practitioner_id=practitioner.id)


def _good_username(text: str) -> str:
    username = names.username(text)
    if not 0 < len(username) <= _LONGEST_USERNAME:
        raise InvalidInput({"username": [f"between 1 and {_LONGEST_USERNAME} characters"]})
    return username


def _refuse_second_account(session: Session, **whose: int) -> None:
    if session.scalar(select(Account.id).filter_by(**whose)):
        raise InvalidInput({"account": ["this person has one already"]})


def _add_name(account: Account, kind: str, value: str) -> None:
    account.identifiers.append(AccountIdentifier(kind=kind, value=value))


def _refuse_taken_names(session: Session, account: Account) -> None:
    if not account.identifiers:
        raise InvalidInput({"username": ["a user name is needed: there is no document number"]})
    for name in account.identifiers:
        taken = select(AccountIdentifier.id).filter_by(kind=name.kind, value=name.value)
        if session.scalar(taken):
            raise InvalidInput({"username": [f"{name.kind} is taken by another account"]})
