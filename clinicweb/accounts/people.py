"""Which accounts a typed name or address may mean."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from clinicweb.accounts import names
from clinicweb.accounts.models import Account, AccountIdentifier
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.db import reading
from clinicweb.core.viewer import Viewer

# A family may share an address; a list without end would be somebody's game.
_MOST_ACCOUNTS = 10
# Where somebody is reached: their account's own, else their record's.
EMAIL = func.coalesce(Account.email, Patient.email, Practitioner.email)
PHONE = func.coalesce(Account.phone, Patient.phone)


@dataclass(frozen=True, slots=True)
class Person:
    """
    One account, what it signs in with, and where its messages go.

    *phone* is E.164, or what an import could not read: ``notifications.queries.can_text`` tells.
    """

    account_id: int
    name: str
    email: str
    users: tuple[str, ...]
    phone: str | None
    language: str | None


def people_meant(session: Session, rules: ClinicRules, typed: str) -> list[Person]:
    """
    The accounts that sign in with *typed*, or whose clinical record has it as e-mail.

    Not those that wait for their invitation to be accepted: they have nothing to recover.
    """
    meant = [
        (AccountIdentifier.kind == kind) & (AccountIdentifier.value == value)
        for kind, value in names.candidates(typed, rules.sign_in)
    ]
    by_name = select(AccountIdentifier.account_id).where(or_(*meant))
    is_meant = Account.id.in_(by_name) | (func.lower(EMAIL) == names.username(typed))
    return _people(session, rules, is_meant & (Account.password_hash != ""))


def people_of(session: Session, rules: ClinicRules, account_id: int) -> list[Person]:
    """The one person of an account; nobody when it is closed or has no address."""
    return _people(session, rules, Account.id == account_id)


def _people(session: Session, rules: ClinicRules, is_meant: ColumnElement[bool]) -> list[Person]:
    query = (
        select(Account, EMAIL, PHONE)
        .outerjoin(Patient, Account.patient_id == Patient.id)
        .outerjoin(Practitioner, Account.practitioner_id == Practitioner.id)
        .where(Account.is_active, EMAIL != "", is_meant)
        .options(selectinload(Account.identifiers))
        .order_by(Account.id)
        .limit(_MOST_ACCOUNTS)
    )
    return [
        Person(account.id, account.name, email, users_of(account, rules), phone, account.language)
        for account, email, phone in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Contact:
    """Where messages of an account go: its own address, else that of the clinic's record."""

    email: str | None
    phone: str | None


def contact_of(session: Session, account: Account) -> Contact:
    query = (
        select(EMAIL, PHONE)
        .select_from(Account)
        .outerjoin(Patient, Account.patient_id == Patient.id)
        .outerjoin(Practitioner, Account.practitioner_id == Practitioner.id)
        .where(Account.id == account.id)
    )
    email, phone = session.execute(query).one()
    return Contact(email or None, phone or None)


@dataclass(frozen=True, slots=True)
class Reader:
    """Where messages about a patient go; *language* None where the person chose none."""

    email: str
    language: str | None


def reader_of(session: Session, patient: Patient) -> Reader | None:
    """The account's own address, else the record's; None where there is neither."""
    query = (
        select(func.nullif(func.coalesce(Account.email, Patient.email), ""), Account.language)
        .select_from(Patient)
        .outerjoin(Account, (Account.patient_id == Patient.id) & Account.is_active)
        .where(Patient.id == patient.id)
    )
    email, language = session.execute(query).one()
    return Reader(email, language) if email else None


def phone_of(session: Session, patient: Patient) -> tuple[str | None, str | None]:
    """The account's own telephone, else the record's; and the language that the person chose."""
    query = (
        select(func.nullif(PHONE, ""), Account.language)
        .select_from(Patient)
        .outerjoin(Account, (Account.patient_id == Patient.id) & Account.is_active)
        .where(Patient.id == patient.id)
    )
    phone, language = session.execute(query).one()
    return phone, language


def has_address(viewer: Viewer) -> bool:
    """Whether mails reach who is signed in."""
    with reading() as session:
        account = session.get_one(Account, viewer.account_id)
        return contact_of(session, account).email is not None


def users_of(account: Account, rules: ClinicRules) -> tuple[str, ...]:
    """The names that sign in to *account*, as its owner writes them."""
    types = rules.sign_in.document_types
    return tuple(sorted(names.shown(name.kind, name.value, types) for name in account.identifiers))
