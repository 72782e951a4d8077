"""Making accounts for people who do not register."""

from collections.abc import Sequence
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.accounts import journal, names, passwords
from clinicweb.accounts.models import (
    AFFILIATION,
    DOCUMENT,
    EMAIL,
    USERNAME,
    Account,
    AccountIdentifier,
)
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.core import clock
from clinicweb.core.db import transaction
from clinicweb.core.errors import InvalidInput, NotFound
from clinicweb.core.viewer import PATIENT, PRACTITIONER, ROLES, Actor

_SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200
_LONGEST_USERNAME = 120


@dataclass(frozen=True, slots=True)
class CreateAccount:
    """
    A new account for one of: a patient (by *mrn*), a practitioner (by *code*), staff.

    *kinds*: which names of a patient's record sign in, beside the user name.  *email*: where
    their codes go, when the clinic's record has no address or another.
    """

    password: str
    mrn: str | None = None
    practitioner: str | None = None
    roles: tuple[str, ...] = ()
    name: str | None = None
    username: str | None = None
    email: str | None = None
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
        if command.roles and not command.username:
            raise InvalidInput({"username": ["staff need a user name"]})
        account = new_account(session, command)
        account.password_hash = password_hash
        if not account.identifiers:
            raise InvalidInput({"username": ["a user name is needed: there is no document number"]})
        session.add(account)
        session.flush()
        journal.note(session, "account.create", account)
        return account.id


def new_account(session: Session, command: CreateAccount) -> Account:
    """The account itself, not added yet, without a password; its names are free."""
    account = _account_for(session, command)
    account.password_hash, account.created_at = "", clock.now()
    account.email = good_email(command.email) if command.email else None
    if command.username is not None:
        _add_name(account, USERNAME, _good_username(command.username))
    _refuse_taken_names(session, account)
    return account


def _account_for(session: Session, command: CreateAccount) -> Account:
    if command.mrn is not None:
        return _patients_account(session, command.mrn, command.kinds)
    if command.practitioner is not None:
        return _practitioners_account(session, command.practitioner)
    name = command.name or command.username
    if not command.roles or not set(command.roles) <= set(ROLES) or not name:
        raise InvalidInput({"username": ["staff need a name and a role"]})
    return Account(name=name, roles=" ".join(command.roles))


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


def good_email(text: str) -> str:
    try:
        return str(validate_email(text, check_deliverability=False).normalized)
    except EmailNotValidError:
        raise InvalidInput({"email": ["not an address"]}) from None


def _refuse_second_account(session: Session, **whose: int) -> None:
    if session.scalar(select(Account.id).filter_by(**whose)):
        raise InvalidInput({"account": ["this person has one already"]})


def _add_name(account: Account, kind: str, value: str) -> None:
    account.identifiers.append(AccountIdentifier(kind=kind, value=value))


def _refuse_taken_names(session: Session, account: Account) -> None:
    for name in account.identifiers:
        taken = select(AccountIdentifier.id).filter_by(kind=name.kind, value=name.value)
        if session.scalar(taken):
            raise InvalidInput({"username": [f"{name.kind} is taken by another account"]})
