"""Accounts as the clinic keeps them: who has one, closing one, opening it again."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from clinicweb.accounts import journal, one_time
from clinicweb.accounts.models import Account
from clinicweb.accounts.people import EMAIL, users_of
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.db import reading, transaction
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Actor

OPEN, INVITED, CLOSED = "open", "invited", "closed"


@dataclass(frozen=True, slots=True)
class AccountRow:
    """*state*: ``open``, ``invited`` (has chosen no password yet) or ``closed``."""

    id: int
    name: str
    roles: str
    users: tuple[str, ...]
    email: str
    state: str


def list_accounts(rules: ClinicRules) -> list[AccountRow]:
    """All, by their number."""
    query = (
        select(Account, EMAIL)
        .outerjoin(Patient, Account.patient_id == Patient.id)
        .outerjoin(Practitioner, Account.practitioner_id == Practitioner.id)
        .options(selectinload(Account.identifiers))
        .order_by(Account.id)
    )
    with reading() as session:
        return [
            AccountRow(
                account.id,
                account.name,
                account.roles,
                users_of(account, rules),
                email or "",
                _state(account),
            )
            for account, email in session.execute(query)
        ]


def _state(account: Account) -> str:
    if not account.is_active:
        return CLOSED
    return OPEN if account.password_hash else INVITED


def close_account(actor: Actor, account_id: int) -> None:
    """
    Nobody comes in by it; its sessions and links end, also for when it is opened again.

    Raises: ``NotFound``.
    """
    with transaction(actor) as session:
        account = _locked(session, account_id)
        account.is_active = False
        account.credential_version += 1
        one_time.close_all(session, account.id)
        journal.note(session, "account.close", account)


def reopen_account(actor: Actor, account_id: int) -> None:
    """With the password from before.  Raises: ``NotFound``."""
    with transaction(actor) as session:
        account = _locked(session, account_id)
        account.is_active = True
        journal.note(session, "account.reopen", account)


def _locked(session: Session, account_id: int) -> Account:
    account = session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise NotFound
    return account
