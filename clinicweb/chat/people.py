"""Whom somebody in a conversation is called, and to whom one may write."""

from collections.abc import Iterable
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.clinic.models import Patient, Practitioner


def names_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The clinic's name for each of those accounts, else the account's own."""
    return {
        account.id: name_of(account, practitioner, patient)
        for account, practitioner, patient in session.execute(_named(), {"ids": list(set(ids))})
    }


@cache
def _named() -> Select[Account, Practitioner, Patient]:
    """Made once: each reader of each message asks it."""
    return (
        select(Account, Practitioner, Patient)
        .outerjoin(Practitioner, Account.practitioner_id == Practitioner.id)
        .outerjoin(Patient, Account.patient_id == Patient.id)
        .where(Account.id.in_(bindparam("ids", expanding=True)))
    )


def name_of(account: Account, *records: Practitioner | Patient | None) -> str:
    return next((row.full_name for row in records if row), account.name)
