"""Changing where one is reached, and what one reads.  S0-38, S3-61."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinicweb.accounts import journal, letters, names, one_time, own_data
from clinicweb.accounts.models import EMAIL, Account, AccountIdentifier, EmailChange, PhoneChange
from clinicweb.accounts.people import people_of
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, limits
from clinicweb.core.db import bookkeeping, transaction
from clinicweb.core.errors import Conflict, NotAllowed
from clinicweb.core.i18n import LANGUAGES
from clinicweb.core.viewer import SystemActor, Viewer

CHANGED_MEANWHILE = "own_data.changed"
LINK_HOURS = 24

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ChangeContact:
    """*value*: the new e-mail or telephone; *seen*: ``OwnData.seen`` of the page it came from."""

    viewer: Viewer
    value: str
    seen: str


def ask_email_change(rules: ClinicRules, command: ChangeContact) -> None:
    """
    Send a link to the new address, which makes the change, and tell the old one at once.

    Whether somebody else has that address makes no difference: only its owner gets the link.

    Raises: ``TooManyAttempts``, ``Conflict`` (``own_data.changed``).
    """
    viewer, email = command.viewer, command.value
    count_changes(rules, f"email-change:{viewer.account_id}", f"email-change-to:{email.casefold()}")
    with transaction(viewer) as session:
        account = locked(session, command)
        lifetime = timedelta(hours=LINK_HOURS)
        link_id = one_time.make(session, one_time.CHANGE_EMAIL, account.id, lifetime=lifetime)
        change = EmailChange(id=link_id, account_id=account.id, email=email, created_at=clock.now())
        session.add(change)
        journal.note(session, "email_change.ask", account)
        letters.tell_email_asked(session, rules, account, change)


def count_changes(rules: ClinicRules, *keys: str) -> None:
    """Each of these sends mails; a refused one counts too."""
    limit = rules.recovery.mails_per_person_hour
    with bookkeeping() as session:
        for key in keys:
            limits.count_attempt(session, key, limit=limit, window=_HOUR)


def locked(session: Session, command: ChangeContact) -> Account:
    """The account, unless it changed since the page was shown: ``Conflict``."""
    account = session.get_one(Account, command.viewer.account_id, with_for_update=True)
    if own_data.own_data_of(session, account.id).seen != command.seen:
        raise Conflict(CHANGED_MEANWHILE)
    return account


def cancel_email_change(viewer: Viewer) -> None:
    """The link that waits does nothing from here on."""
    with transaction(viewer) as session:
        one_time.close(session, one_time.CHANGE_EMAIL, viewer.account_id)
        journal.note(session, "email_change.cancel", session.get_one(Account, viewer.account_id))


def change_email(rules: ClinicRules, link_id: str) -> None:
    """
    Whoever holds the link reads the new address: it is the account's from here on.

    Links that went to the old address are worth nothing afterwards.

    Raises: ``NotAllowed`` (``link.used``).
    """
    with transaction(SystemActor("own-data")) as session:
        account_id = one_time.use(session, one_time.CHANGE_EMAIL, link_id)
        change = session.get_one(EmailChange, link_id)
        account = session.get_one(Account, account_id, with_for_update=True)
        if not account.is_active:
            raise NotAllowed(one_time.USED)
        before = people_of(session, rules, account.id)
        account.email = change.email
        _rename(session, rules, account)
        one_time.close_all(session, account.id)
        journal.note(session, "email.change", account)
        letters.tell_email_changed(session, rules, account, before)


def _rename(session: Session, rules: ClinicRules, account: Account) -> None:
    """Where people sign in by e-mail, by the new one; unless that is another account's name."""
    if EMAIL not in rules.sign_in.names:
        return
    new = AccountIdentifier(
        account_id=account.id, kind=EMAIL, value=names.username(account.email or "")
    )
    mine = AccountIdentifier.account_id == account.id
    try:
        with session.begin_nested():
            session.execute(delete(AccountIdentifier).where(mine, AccountIdentifier.kind == EMAIL))
            session.add(new)
    except IntegrityError:
        return  # a family shares an address; it is reached there, and signs in as before


def choose_language(viewer: Viewer, language: str) -> None:
    """For mails, and for each browser after signing in.  Unknown ones change nothing."""
    if language not in LANGUAGES:
        return
    with transaction(viewer) as session:
        account = session.get_one(Account, viewer.account_id, with_for_update=True)
        account.language = language
        journal.note(session, "language.choose", account)


def purge() -> None:
    """Forget the addresses that were asked for so long ago that their links are forgotten."""
    old = EmailChange.created_at < clock.now() - one_time.REMEMBERED
    with bookkeeping() as session:
        session.execute(delete(EmailChange).where(old))
        session.execute(delete(PhoneChange).where(PhoneChange.expires_at < clock.now()))
