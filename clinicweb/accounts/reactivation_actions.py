"""
«Reactivar cuenta»: another e-mail for an account, by the card that is handed out in person.

The page writes a request down, the worker answers it by mail, so that it is the same for cards
that exist and those that don't.  Items: S3-53…56, S3-70, S3-71, S3-77.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from clinicweb.accounts import credentials, journal, letters, names, one_time, passwords
from clinicweb.accounts import reactivation_letters as mails
from clinicweb.accounts.guesses import count_card
from clinicweb.accounts.models import EMAIL, Account, AccountIdentifier
from clinicweb.accounts.people import people_of
from clinicweb.accounts.reactivation_models import Reactivation, ReactivationRequest
from clinicweb.accounts.records import account_by_card
from clinicweb.accounts.registration_actions import may_mail_to
from clinicweb.audit import actions as audit
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, limits, tokens
from clinicweb.core.db import bookkeeping, transaction
from clinicweb.core.errors import NotAllowed
from clinicweb.core.i18n import language
from clinicweb.core.queue import work_through
from clinicweb.core.viewer import SystemActor

NO_MATCH = "no_match"
STOPPED = "stopped"
ENOUGH = "enough"
ASKED = "asked"

_ACTOR = SystemActor("reactivation")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AskReactivation:
    """What was typed, checked by the form; *email* is the new one."""

    affiliation_number: str
    card_serial: str
    email: str
    language: str
    address: str


def ask(rules: ClinicRules, command: AskReactivation) -> None:
    """
    Write the request down; the same for all.

    Raises: ``TooManyAttempts`` for one network address, or for one affiliation number.
    """
    request = ReactivationRequest(
        affiliation_number=command.affiliation_number[:60],
        card_serial=command.card_serial[:60],
        email=command.email[:254],
        language=command.language,
        created_at=clock.now(),
    )
    counted = f"reactivate:{limits.network_of(command.address)}"
    limit = rules.recovery.requests_per_address_hour
    with bookkeeping() as session:
        limits.count_attempt(session, counted, limit=limit, window=_HOUR)
        count_card(session, rules, command.affiliation_number, command.address)
        session.add(request)


def answer_requests(rules: ClinicRules) -> int:
    """The worker's part.  Returns how many requests it took."""
    oldest = select(ReactivationRequest).order_by(ReactivationRequest.id)
    return work_through(oldest, _ACTOR, partial(_answer, rules))


def _answer(rules: ClinicRules, session: Session, request: ReactivationRequest) -> None:
    outcome = _decide(session, rules, request)
    session.delete(request)
    audit.record(
        session,
        "reactivation.answer",
        record_type="reactivation_request",
        record_id=request.id,
        detail={"outcome": outcome},
    )


def _decide(session: Session, rules: ClinicRules, request: ReactivationRequest) -> str:
    if not may_mail_to(session, request.email):
        return ENOUGH
    account = account_by_card(session, rules, request.affiliation_number, request.card_serial)
    if account is None:
        mails.tell_refused(session, rules, request, NO_MATCH)
        return NO_MATCH
    if _was_stopped(session, rules, account):
        mails.tell_refused(session, rules, request, STOPPED)
        return STOPPED
    limit, counted = rules.recovery.mails_per_person_hour, f"reactivation:{account.id}"
    if not limits.may_attempt(session, counted, limit=limit, window=_HOUR):
        return ENOUGH
    _send_links(session, rules, request, account)
    return ASKED


def _was_stopped(session: Session, rules: ClinicRules, account: Account) -> bool:
    """Whether whoever reads the old mailbox said «No fui yo»: now the clinic must look at both."""
    since = clock.now() - timedelta(days=rules.recovery.reactivation_undo_days)
    stopped = select(Reactivation.link_id).where(
        Reactivation.account_id == account.id, Reactivation.stopped_at > since
    )
    return session.scalar(stopped.limit(1)) is not None


def _send_links(
    session: Session, rules: ClinicRules, request: ReactivationRequest, account: Account
) -> None:
    minutes, days = rules.recovery.link_minutes, rules.recovery.reactivation_undo_days
    change = Reactivation(
        link_id=one_time.make(
            session, one_time.REACTIVATE, account.id, lifetime=timedelta(minutes=minutes)
        ),
        # Nobody's, lest it dies with the other links when a password is chosen.
        stop_link_id=one_time.make_for_nobody(
            session, one_time.STOP_REACTIVATION, lifetime=timedelta(days=days), instead_of=None
        ),
        account_id=account.id,
        email=request.email,
        email_before=account.email,
        name_before=_email_name(account),
        created_at=clock.now(),
    )
    session.add(change)
    mails.tell_link(session, rules, request, change)
    owners = people_of(session, rules, account.id)
    mails.tell_owners(session, rules, change, owners, request.language)


def reactivate(rules: ClinicRules, keys: tuple[str, ...], link_id: str) -> str:
    """
    The account has its new e-mail and a one-use password from here on; its sessions end.

    Returns: that password, to be shown once; it is mailed too.
    Raises: ``NotAllowed`` (``link.used``) when the link was used, stopped, or has expired.
    """
    password = tokens.password(keys[-1], one_time.REACTIVATE, link_id)
    password_hash = passwords.hash_password(password)
    with transaction(_ACTOR) as session:
        change, account = _locked(session, Reactivation.link_id, link_id)
        one_time.use(session, one_time.REACTIVATE, link_id)
        if not account.is_active:
            raise NotAllowed(one_time.USED)
        before = people_of(session, rules, account.id)
        change.made_at = clock.now()
        kinds = rules.sign_in.names
        name = names.username(change.email) if EMAIL in kinds else None
        _give_address(session, account, change.email, name=name)
        credentials.replace(session, account, password_hash, is_one_use=True)
        limits.forget_attempts(session, f"account:{account.id}")
        purpose = one_time.REACTIVATE
        letters.tell_temporary_password(session, rules, account, purpose, link_id)
        mails.tell_owners(session, rules, change, before, language())
    return password


def stop(rules: ClinicRules, keys: tuple[str, ...], link_id: str) -> bool:
    """
    «No fui yo», said by whoever reads the old mailbox.

    Returns: whether the change was made already.  Then it is undone: the old e-mail counts
    again and gets a one-use password, and all sessions end.
    Raises: ``NotAllowed`` (``link.used``) when this was said before, or too late.
    """
    purpose = one_time.STOP_REACTIVATION
    password_hash = passwords.hash_password(tokens.password(keys[-1], purpose, link_id))
    with transaction(_ACTOR) as session:
        change, account = _locked(session, Reactivation.stop_link_id, link_id)
        one_time.use(session, purpose, link_id)
        journal.note(session, "reactivation.stop", account)
        if not _stop_all_since(session, change):
            return False
        _give_address(session, account, change.email_before, name=change.name_before)
        credentials.replace(session, account, password_hash, is_one_use=True)
        letters.tell_temporary_password(session, rules, account, purpose, link_id)
    return True


def _stop_all_since(session: Session, first: Reactivation) -> bool:
    """Stop *first* and what was asked for after it; whether any of these was made."""
    query = select(Reactivation).where(
        Reactivation.account_id == first.account_id,
        Reactivation.created_at >= first.created_at,
        Reactivation.stopped_at.is_(None),
    )
    changes = session.scalars(query.with_for_update()).all()
    for change in changes:
        change.stopped_at = clock.now()
        one_time.retire(session, change.link_id)
    return any(change.made_at for change in changes)


def _locked(session: Session, column: Any, link_id: str) -> tuple[Reactivation, Account]:
    """The change of a link and its account, the account first: making and stopping may meet."""
    owner = select(Reactivation.account_id).where(column == link_id)
    account = session.get_one(Account, session.scalar(owner), with_for_update=True)
    change = session.scalars(select(Reactivation).where(column == link_id).with_for_update()).one()
    return change, account


def _email_name(account: Account) -> str | None:
    found = (name.value for name in account.identifiers if name.kind == EMAIL)
    return next(found, None)


def _give_address(
    session: Session, account: Account, email: str | None, *, name: str | None
) -> None:
    """*name*: what signs in from here on, unless it is somebody else's already."""
    journal.note(session, "email.change", account)
    account.email = email
    kept = [each for each in account.identifiers if each.kind != EMAIL or each.value == name]
    account.identifiers[:] = kept
    session.flush()
    taken = select(AccountIdentifier.id).filter_by(kind=EMAIL, value=name)
    if name and session.scalar(taken) is None:
        account.identifiers.append(AccountIdentifier(kind=EMAIL, value=name))


def purge(rules: ClinicRules) -> None:
    """Forget the changes that can be undone no longer."""
    kept = timedelta(days=rules.recovery.reactivation_undo_days) + one_time.REMEMBERED
    with bookkeeping() as session:
        session.execute(delete(Reactivation).where(Reactivation.created_at < clock.now() - kept))
