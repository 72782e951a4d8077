"""The clinic makes an account and invites its owner, who chooses the password."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinicweb.accounts import credentials, enrolment, journal, letters, names, one_time, passwords
from clinicweb.accounts.actions import CreateAccount, good_email, new_account
from clinicweb.accounts.models import (
    EMAIL,
    USERNAME,
    Account,
    AccountIdentifier,
    OneTimeLink,
    TermsAcceptance,
)
from clinicweb.accounts.registration_actions import terms_hash
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import reading, transaction
from clinicweb.core.errors import InvalidInput, NotAllowed
from clinicweb.core.i18n import _
from clinicweb.core.viewer import Actor, SystemActor

_ACTOR = SystemActor("invitation")


@dataclass(frozen=True, slots=True)
class Invite:
    """*whom*: a patient, a practitioner or staff, with the address that the mail goes to."""

    whom: CreateAccount
    language: str


def invite(actor: Actor, rules: ClinicRules, command: Invite) -> int:
    """
    Make the account, without a password, and mail its owner a link.

    Somebody who was invited before and has not come yet gets another link; the one before is
    worth nothing from here on.

    Returns: the account's id.
    Raises: ``NotFound`` for an unknown patient or practitioner, ``InvalidInput`` for an address
    that is none, a name taken, or somebody who has an account already.
    """
    whom = replace(command.whom, kinds=[kind for kind in rules.sign_in.names if kind != EMAIL])
    email = good_email(whom.email or "")
    with transaction(actor) as session:
        account = _waiting(session, whom, email)
        if account is None:
            account = new_account(session, whom)
            session.add(account)
        account.email = email
        if EMAIL in rules.sign_in.names:
            _sign_in_by(session, account, email)
        session.flush()
        _send(session, rules, account, command.language)
        journal.note(session, "account.invite", account)
        return account.id


def _waiting(session: Session, whom: CreateAccount, email: str) -> Account | None:
    """The account of *whom* that nobody has opened yet."""
    query = select(Account).where(Account.password_hash == "", Account.is_active)
    if whom.mrn is not None:
        query = query.join(Patient).where(Patient.mrn == whom.mrn)
    elif whom.practitioner is not None:
        query = query.join(Practitioner).where(Practitioner.code == whom.practitioner)
    else:
        roles = " ".join(whom.roles)
        query = query.where(Account.email == email, Account.roles == roles)
    return session.scalars(query.with_for_update(of=Account)).first()


def _sign_in_by(session: Session, account: Account, email: str) -> None:
    """A family shares an address: it signs in to the account that had it first."""
    value = names.username(email)
    mine = {each.value: each for each in account.identifiers if each.kind == EMAIL}
    if value in mine:
        return
    for each in mine.values():
        account.identifiers.remove(each)
    if not enrolment.is_taken(session, EMAIL, value):
        account.identifiers.append(AccountIdentifier(kind=EMAIL, value=value))


def _send(session: Session, rules: ClinicRules, account: Account, language: str) -> None:
    lifetime = timedelta(days=rules.invitation.days)
    link_id = one_time.make(session, one_time.INVITE, account.id, lifetime=lifetime)
    letters.tell_invitation(session, rules, account, link_id, language)


def send_again(rules: ClinicRules, link_id: str, language: str) -> None:
    """In place of an expired link, to the same address, once: the old one ends with it."""
    with transaction(_ACTOR) as session:
        old = session.get_one(OneTimeLink, link_id, with_for_update=True)
        account = session.get_one(Account, old.account_id)
        if old.used_at is None and account.is_active and not account.password_hash:
            _send(session, rules, account, language)
        journal.note(session, "invitation.resend", account)


@dataclass(frozen=True, slots=True)
class Invitation:
    """*needs_username*: nothing else signs in to the account."""

    name: str
    needs_username: bool


def find_invitation(link_id: str) -> Invitation | None:
    """Who is invited, for whoever holds the link."""
    query = (
        select(Account)
        .join(OneTimeLink, OneTimeLink.account_id == Account.id)
        .where(OneTimeLink.id == link_id, Account.is_active)
    )
    with reading() as session:
        account = session.scalar(query)
        return Invitation(account.name, not account.identifiers) if account else None


@dataclass(frozen=True, slots=True)
class Accept:
    """*username* None where the account has a name; *address* is the network's."""

    link_id: str
    password: str = field(repr=False)
    username: str | None
    language: str
    address: str


def accept(rules: ClinicRules, command: Accept) -> None:
    """
    The account is its owner's from here on; whoever holds the link reads its address.

    Raises: ``NotAllowed`` (``link.used``), ``InvalidInput`` for a user name that is taken.
    """
    password_hash = passwords.hash_password(command.password)
    try:
        with transaction(_ACTOR) as session:
            _accept(session, rules, command, password_hash)
    except IntegrityError:  # two people chose one name at once
        raise _taken() from None


def _accept(session: Session, rules: ClinicRules, command: Accept, password_hash: str) -> None:
    account_id = one_time.use(session, one_time.INVITE, command.link_id)
    account = session.get_one(Account, account_id, with_for_update=True)
    if not account.is_active:
        raise NotAllowed(one_time.USED)
    if not account.identifiers:
        _name(session, account, names.username(command.username or ""))
    credentials.replace(session, account, password_hash)
    account.language = command.language
    if rules.terms.version:
        session.add(
            TermsAcceptance(
                account_id=account.id,
                version=rules.terms.version,
                text_hash=terms_hash(rules.terms),
                accepted_at=clock.now(),
                address=command.address,
            )
        )
    letters.tell_activated(session, rules, account, command.language)
    journal.note(session, "invitation.accept", account)


def _name(session: Session, account: Account, username: str) -> None:
    if not username or enrolment.is_taken(session, USERNAME, username):
        raise _taken()
    account.identifiers.append(AccountIdentifier(kind=USERNAME, value=username))


def _taken() -> InvalidInput:
    return InvalidInput({"username": [_("Ese nombre de usuario ya existe. Elija otro.")]})
