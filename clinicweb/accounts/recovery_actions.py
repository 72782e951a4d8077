"""Back in by mail: the user name told again, a link to a new password.  S4-18, S4-19, S3-75."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.accounts import credentials, known_devices, letters, one_time, passwords, slowdown
from clinicweb.accounts.factor_actions import forget_codes
from clinicweb.accounts.models import Account, LoginSession, OneTimeLink, RecoveryRequest
from clinicweb.accounts.people import Person, people_meant, people_of
from clinicweb.accounts.resending import send_again
from clinicweb.audit import actions as audit
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, limits, tokens
from clinicweb.core.db import bookkeeping, transaction
from clinicweb.core.errors import NotAllowed
from clinicweb.core.queue import work_through
from clinicweb.core.text import clean_line
from clinicweb.core.viewer import SystemActor, Viewer

USERNAME_FORGOTTEN = "username"
PASSWORD_FORGOTTEN = "password"  # noqa: S105  a kind of request
ACTIVATION_LOST = "activation"
WRONG_PASSWORD = "password.wrong"  # noqa: S105  a reason

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AskForHelp:
    """
    *identifier*: an e-mail, or for the password any name that signs in; *email*, where it was
    asked for besides, must be of the same account.
    """

    kind: str
    identifier: str
    language: str
    address: str
    email: str | None = None


def ask_for_help(rules: ClinicRules, command: AskForHelp) -> None:
    """
    Write the request down.  Whether anybody is meant is found out later, by the worker: for
    known and unknown people this does the same.

    Raises: ``TooManyAttempts`` for one address of the network.
    """
    request = RecoveryRequest(
        kind=command.kind,
        identifier=clean_line(command.identifier).casefold()[:254],
        email=clean_line(command.email).casefold()[:254] if command.email else None,
        language=command.language,
        created_at=clock.now(),
    )
    limit = rules.recovery.requests_per_address_hour
    with bookkeeping() as session:
        counted = f"help:{limits.network_of(command.address)}"
        limits.count_attempt(session, counted, limit=limit, window=_HOUR)
        session.add(request)


def answer_requests(rules: ClinicRules) -> int:
    """The worker's part: mail those who are meant.  Returns how many requests it took."""
    oldest = select(RecoveryRequest).order_by(RecoveryRequest.id)
    return work_through(oldest, SystemActor("recovery"), partial(_answer, rules))


def _answer(rules: ClinicRules, session: Session, request: RecoveryRequest) -> None:
    people = [
        person
        for person in people_meant(session, rules, request.identifier)
        if request.email in (None, person.email.casefold())
    ]
    if request.kind == ACTIVATION_LOST:
        send_again(session, rules, request.identifier)
    elif request.kind == USERNAME_FORGOTTEN:
        _mail_users(session, rules, request, people)
    else:
        _mail_links(session, rules, request, people)
    session.delete(request)
    audit.record(
        session,
        "recovery.answer",
        record_type="recovery_request",
        record_id=request.id,
        detail={"kind": request.kind, "accounts": len(people)},
    )


def _mail_users(
    session: Session, rules: ClinicRules, request: RecoveryRequest, people: list[Person]
) -> None:
    """One mail to an address, with all the users that belong to it."""
    by_address: dict[str, list[Person]] = {}
    for person in people:
        by_address.setdefault(person.email.casefold(), []).append(person)
    for address, found in by_address.items():
        if _may_mail(session, rules, address):
            letters.tell_users(session, rules, request, found)


def _mail_links(
    session: Session, rules: ClinicRules, request: RecoveryRequest, people: list[Person]
) -> None:
    lifetime = timedelta(minutes=rules.recovery.link_minutes)
    for person in people:
        if _may_mail(session, rules, str(person.account_id)):
            way = letters.PASSWORD_WAYS[rules.recovery.password_by]
            link_id = one_time.make(session, way.purpose, person.account_id, lifetime=lifetime)
            letters.tell_password_link(session, rules, request, person, link_id)


def _may_mail(session: Session, rules: ClinicRules, key: str) -> bool:
    """No more than so many mails of a kind an hour to one person, whoever causes them."""
    limit = rules.recovery.mails_per_person_hour
    return limits.may_attempt(session, f"help-mail:{key}", limit=limit, window=_HOUR)


def send_new_link(rules: ClinicRules, link_id: str, language: str) -> None:
    """In place of an expired link, to the same account, once; within the same limit of mails."""
    with transaction(SystemActor("recovery")) as session:
        old = session.get_one(OneTimeLink, link_id, with_for_update=True)
        if old.used_at is not None or old.account_id is None:  # pressed twice
            return
        request = RecoveryRequest(kind=PASSWORD_FORGOTTEN, identifier="", language=language)
        _mail_links(session, rules, request, people_of(session, rules, old.account_id))
        audit.record(session, "recovery.resend", record_type="account", record_id=old.account_id)


def reset_password(rules: ClinicRules, link_id: str, password: str, *, device: str = "") -> str:
    """
    Give the account of a link a new password; all its sessions end.

    Returns: a key for the browser at hand, in which its owner comes in however many strangers
    guess (S4-17); it skips no second factor.
    Raises: ``NotAllowed`` (``link.used``) when the link was used or has expired.
    """
    password_hash = passwords.hash_password(password)
    with transaction(SystemActor("recovery")) as session:
        account = _owner_of(session, one_time.RESET_PASSWORD, link_id)
        credentials.replace(session, account, password_hash)
        _tell_changed(session, rules, account)
        return _know(session, rules, account, device)


def _know(session: Session, rules: ClinicRules, account: Account, device: str) -> str:
    lifetime = timedelta(days=rules.sign_in.known_device_days)
    return known_devices.make(
        session, account_id=account.id, device=device, is_proven=False, lifetime=lifetime
    )


@dataclass(frozen=True, slots=True)
class ChangePassword:
    viewer: Viewer
    current: str
    new: str


def own_counter(viewer: Viewer) -> str:
    """
    Counts the passwords typed by who is signed in.

    Not the counter of the door: strangers who fail there must not keep the owner from this.
    """
    return f"change:{viewer.account_id}"


def change_password(rules: ClinicRules, command: ChangePassword) -> None:
    """
    The person's own change (S0-40, S4-20): their other sessions end, this one goes on.

    Raises: ``NotAllowed`` (``password.wrong``), ``TooManyAttempts`` (good ones count too: each
    change sends a mail).
    """
    viewer, rate = command.viewer, rules.sign_in.failures_per_account_hour
    with bookkeeping() as session:
        limits.count_attempt(session, own_counter(viewer), limit=rate, window=_HOUR)
        present = session.get_one(Account, viewer.account_id)
        checked_hash, checked_version = present.password_hash, present.credential_version
    if not passwords.is_right(command.current, checked_hash):
        raise NotAllowed(WRONG_PASSWORD)
    new_hash = passwords.hash_password(command.new)
    with transaction(viewer) as session:
        account = session.get_one(Account, viewer.account_id, with_for_update=True)
        if account.credential_version != checked_version:  # somebody was faster
            raise NotAllowed(WRONG_PASSWORD)
        credentials.replace(session, account, new_hash)
        _tell_changed(session, rules, account)
        login = session.get_one(LoginSession, viewer.session_id)
        login.credential_version = account.credential_version


def _tell_changed(session: Session, rules: ClinicRules, account: Account) -> None:
    if _may_mail(session, rules, f"changed:{account.id}"):
        letters.tell_password_changed(session, rules, account)


def send_temporary_password(
    rules: ClinicRules, keys: tuple[str, ...], link_id: str, *, device: str = ""
) -> str:
    """
    S4-19, S3-75: give the account of a link a password for one sign-in, and mail it.

    Returns: as ``reset_password``.
    Raises: ``NotAllowed`` (``link.used``) when the link was used or has expired.
    """
    purpose = one_time.TEMPORARY_PASSWORD
    password_hash = passwords.hash_password(tokens.password(keys[-1], purpose, link_id))
    with transaction(SystemActor("recovery")) as session:
        account = _owner_of(session, purpose, link_id)
        credentials.replace(session, account, password_hash, is_one_use=True)
        letters.tell_temporary_password(session, rules, account, purpose, link_id)
        return _know(session, rules, account, device)


def _owner_of(session: Session, purpose: tokens.Purpose, link_id: str) -> Account:
    """The account of a link that is used up here.  Raises ``NotAllowed``."""
    account = session.get_one(
        Account, one_time.use(session, purpose, link_id), with_for_update=True
    )
    if not account.is_active:
        raise NotAllowed(one_time.USED)
    known_devices.forget_all(session, account.id)
    # Whoever holds the mailbox is the owner: failures of others no longer slow them down.
    slowdown.forgive_account(session, account.id)
    forget_codes(session, account.id)
    return account


def purge_links() -> None:
    """Forget the links that ended so long ago that nobody asks for them."""
    with bookkeeping() as session:
        one_time.purge(session)
