"""What is told of a change to somebody's strong factors: to the journal, and to the person."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.accounts.people import people_of
from clinicweb.audit import actions as audit
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import limits
from clinicweb.core.errors import TooManyAttempts
from clinicweb.core.i18n import language
from clinicweb.core.ids import new_public_id
from clinicweb.notifications.actions import NewMessage, enqueue

FACTOR_CHANGED = "factor_changed"

# What happened; the mail has a sentence for each.
APP_ON = "app_on"
APP_OFF = "app_off"
PASSKEY_ON = "passkey_on"
PASSKEY_OFF = "passkey_off"
CODES_NEW = "codes_new"
CODE_USED = "code_used"
RESET = "reset"

_HOUR = timedelta(hours=1)


def note(session: Session, account_id: int, change: str) -> None:
    """Write *change* into the journal."""
    patient = select(Account.patient_id).where(Account.id == account_id)
    audit.record(
        session,
        f"factor.{change}",
        record_type="account",
        record_id=account_id,
        patient_id=session.scalar(patient),
    )


def tell(
    session: Session,
    rules: ClinicRules,
    account_id: int,
    change: str,
    *,
    left: int | None = None,
) -> None:
    """
    Write *change* into the journal and to the person: whoever did not do it can act.

    No more mails of a kind an hour than the rules say.

    Args:
        left: how many recovery codes there still are.
    """
    note(session, account_id, change)
    if not _may_mail(session, rules, f"factor-mail:{change}:{account_id}"):
        return
    for person in people_of(session, rules, account_id):
        message = NewMessage(
            template=FACTOR_CHANGED,
            recipient=person.email,
            language=language(),
            context={
                "clinic_name": rules.identity.name,
                "clinic_phone": rules.identity.phone or None,
                "person_name": person.name,
                "change": change,
                "codes_left": left,
            },
            dedupe_key=f"{FACTOR_CHANGED}/{new_public_id()}",
        )
        enqueue(session, message)


def _may_mail(session: Session, rules: ClinicRules, key: str) -> bool:
    limit = rules.recovery.mails_per_person_hour
    try:
        limits.count_attempt(session, key, limit=limit, window=_HOUR)
    except TooManyAttempts:
        return False
    return True
