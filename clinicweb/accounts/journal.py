"""The line about an account in the journal of who did what."""

from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.audit import actions as audit


def note(session: Session, action: str, account: Account) -> None:
    """*action* was done to *account*; its patient, where it has one, can read of it."""
    audit.record(
        session,
        action,
        record_type="account",
        record_id=account.id,
        patient_id=account.patient_id,
    )
