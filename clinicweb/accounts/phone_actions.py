"""A telephone of one's own for the account: by a code sent there, where texts can be sent."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from clinicweb.accounts import journal, letters, one_time
from clinicweb.accounts.models import Account, PhoneChange
from clinicweb.accounts.own_data_actions import ChangeContact, count_changes, locked
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, tokens
from clinicweb.core.db import bookkeeping, reading, transaction
from clinicweb.core.errors import NotAllowed, NotFound, TooManyAttempts
from clinicweb.core.i18n import language
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer
from clinicweb.notifications.actions import SMS, count_asked, count_text

CODE_LASTS = timedelta(minutes=10)
MOST_TRIES = 5
PURPOSE = tokens.declare_purpose("change-phone")
TEMPLATE = "phone_change_code"

_HOUR_SECONDS = 3600


def change_phone(rules: ClinicRules, command: ChangeContact) -> None:
    """
    Without a code, where none can be sent; a mail tells.

    Raises: ``TooManyAttempts``, ``Conflict`` (``own_data.changed``).
    """
    count_changes(rules, f"phone-change:{command.viewer.account_id}")
    with transaction(command.viewer) as session:
        _set_phone(session, rules, locked(session, command), command.value)


def _set_phone(session: Session, rules: ClinicRules, account: Account, phone: str) -> None:
    account.phone = phone
    journal.note(session, "phone.change", account)
    letters.tell_phone_changed(session, rules, account)


def ask_phone_change(rules: ClinicRules, command: ChangeContact, address: str) -> str:
    """
    Send a code to the new number; those before it are worth nothing.

    Args:
        address: of the network; no stranger spends the clinic's money.

    Returns: the change's id.  Raises: as ``change_phone``.
    """
    viewer = command.viewer
    count_changes(rules, f"phone-change:{viewer.account_id}")
    with bookkeeping() as session:
        count_asked(session, rules.sms, address)
        may_text = count_text(session, rules.sms, command.value)
    if not may_text:
        raise TooManyAttempts(_HOUR_SECONDS)
    with transaction(viewer) as session:
        account, now = locked(session, command), clock.now()
        mine = PhoneChange.account_id == account.id
        session.execute(update(PhoneChange).where(mine).values(expires_at=now))
        change = PhoneChange(
            id=new_public_id(),
            account_id=account.id,
            phone=command.value,
            created_at=now,
            expires_at=now + CODE_LASTS,
        )
        session.add(change)
        journal.note(session, "phone_change.ask", account)
        _text_code(session, rules, account, change)
        return change.id


def _text_code(session: Session, rules: ClinicRules, account: Account, change: PhoneChange) -> None:
    context = {
        "clinic_name": rules.sms_name,
        "minutes": int(CODE_LASTS.total_seconds() // 60),
        "code_for": {"purpose": PURPOSE, "id": change.id},
    }
    lang = account.language or language()
    letters.send(session, TEMPLATE, change.phone, lang, context, channel=SMS, good_for=CODE_LASTS)


def find_asked_phone(viewer: Viewer, change_id: str) -> str:
    """The number that a code of the viewer's was sent to.  Raises ``NotFound``."""
    query = select(PhoneChange.phone).where(
        PhoneChange.id == change_id, PhoneChange.account_id == viewer.account_id
    )
    with reading() as session:
        phone = session.scalar(query)
    if phone is None:
        raise NotFound
    return phone


def confirm_phone(
    rules: ClinicRules, keys: Sequence[str], viewer: Viewer, change_id: str, code: str
) -> None:
    """
    By the code: the number is the account's from here on.

    Raises: ``NotAllowed``: ``code.wrong``, or ``code.over`` after too many tries or too long.
    """
    now = clock.now()
    mine = (
        PhoneChange.id == change_id,
        PhoneChange.account_id == viewer.account_id,
        PhoneChange.used_at.is_(None),
        PhoneChange.expires_at > now,
        PhoneChange.attempts < MOST_TRIES,
    )
    tried = update(PhoneChange).where(*mine).values(attempts=PhoneChange.attempts + 1)
    with bookkeeping() as session:  # each try counts, in one UPDATE, before it is answered
        if session.scalar(tried.returning(PhoneChange.id)) is None:
            raise NotAllowed(one_time.CODE_OVER)
    if not tokens.is_code(keys, PURPOSE, change_id, code):
        raise NotAllowed(one_time.CODE_WRONG)
    _use(rules, viewer, change_id)


def _use(rules: ClinicRules, viewer: Viewer, change_id: str) -> None:
    unused = (PhoneChange.id == change_id, PhoneChange.used_at.is_(None))
    used = update(PhoneChange).where(*unused).values(used_at=clock.now())
    with transaction(viewer) as session:
        phone = session.scalar(used.returning(PhoneChange.phone))
        if phone is None:  # pressed twice
            raise NotAllowed(one_time.CODE_OVER)
        account = session.get_one(Account, viewer.account_id, with_for_update=True)
        _set_phone(session, rules, account, phone)
