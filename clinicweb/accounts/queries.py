"""Reading accounts and their sessions."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, or_, select

from clinicweb.accounts import names
from clinicweb.accounts.models import (
    Account,
    AccountIdentifier,
    KnownDevice,
    LoginSession,
    RegistrationRequest,
)
from clinicweb.accounts.policy import SessionFacts, may_continue
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.viewer import Viewer
from clinicweb.notifications.actions import EMAIL


@dataclass(frozen=True, slots=True)
class Credentials:
    """What checking a password needs; *account_id* is None for nobody."""

    account_id: int | None = None
    password_hash: str | None = None
    credential_version: int = 0


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session's person and the facts that decide whether it goes on."""

    viewer: Viewer
    facts: SessionFacts


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One open session, for its owner's list."""

    public_id: str
    device: str
    created_at: datetime
    last_seen_at: datetime
    is_current: bool


def key_hash(key: str) -> str:
    """What the table keeps of a session's key."""
    return hashlib.sha256(key.encode()).hexdigest()


def find_credentials(typed: Sequence[tuple[str, str]]) -> Credentials:
    """The account of the first of *typed* that has one; nobody's otherwise."""
    matches = [
        (AccountIdentifier.kind == kind) & (AccountIdentifier.value == value)
        for kind, value in typed
    ]
    query = (
        select(AccountIdentifier, Account)
        .join(AccountIdentifier.account)
        .where(or_(*matches), Account.is_active)
    )
    with reading() as session:
        found = {
            (name.kind, name.value): Credentials(
                account.id, account.password_hash, account.credential_version
            )
            for name, account in session.execute(query)
        }
    return next((found[name] for name in typed if name in found), Credentials())


def find_signed_in(key: str) -> SignedIn | None:
    """Who holds the session *key*; None when there is no such session."""
    with reading() as session:
        row = session.execute(_of_key(), {"key_hash": key_hash(key)}).one_or_none()
        return _signed_in(*row) if row else None


@cache
def _of_key() -> Select[LoginSession, Account]:
    """Made once: each request asks it."""
    return (
        select(LoginSession, Account)
        .join(Account, LoginSession.account_id == Account.id)
        .where(LoginSession.key_hash == bindparam("key_hash"))
    )


def find_viewers(session_ids: Collection[int], *, idle: timedelta) -> dict[int, Viewer]:
    """The people of those of the sessions that still go on."""
    query = (
        select(LoginSession, Account)
        .join(Account, LoginSession.account_id == Account.id)
        .where(LoginSession.id.in_(session_ids))
    )
    now = clock.now()
    with reading() as session:
        found = (_signed_in(*row) for row in session.execute(query))
        return {
            each.viewer.session_id: each.viewer
            for each in found
            if may_continue(each.facts, idle=idle, now=now).allowed
        }


def _signed_in(login: LoginSession, account: Account) -> SignedIn:
    viewer = Viewer(
        account_id=account.id,
        session_id=login.id,
        name=account.name,
        roles=frozenset(account.roles.split()),
        patient_id=account.patient_id,
        practitioner_id=account.practitioner_id,
        must_change_password=account.must_change_password,
        must_add_factor=login.must_add_factor,
        confirmed_at=login.confirmed_at,
        language=account.language,
    )
    facts = SessionFacts(
        last_seen_at=login.last_seen_at,
        expires_at=login.expires_at,
        ended_at=login.ended_at,
        credential_version=login.credential_version,
        account_credential_version=account.credential_version,
        account_is_active=account.is_active,
        is_kept=login.is_kept,
    )
    return SignedIn(viewer, facts)


def list_sessions(viewer: Viewer, *, idle: timedelta) -> tuple[SessionRow, ...]:
    """The viewer's sessions that still go on, the latest seen first."""
    now = clock.now()
    query = (
        select(LoginSession)
        .join(Account, LoginSession.account_id == Account.id)
        .where(
            Account.id == viewer.account_id,
            LoginSession.credential_version == Account.credential_version,
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > now,
            LoginSession.is_kept | (LoginSession.last_seen_at > now - idle),
        )
        .order_by(LoginSession.last_seen_at.desc())
        .limit(50)
    )
    with reading() as session:
        return tuple(
            SessionRow(
                row.public_id,
                row.device,
                row.created_at,
                row.last_seen_at,
                row.id == viewer.session_id,
            )
            for row in session.scalars(query)
        )


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One browser that an account came in with, for its owner's list."""

    public_id: str
    device: str
    is_proven: bool
    last_used_at: datetime


def list_devices(viewer: Viewer) -> tuple[DeviceRow, ...]:
    """The viewer's known devices, the latest used first."""
    query = (
        select(KnownDevice)
        .where(KnownDevice.account_id == viewer.account_id, KnownDevice.expires_at > clock.now())
        .order_by(KnownDevice.last_used_at.desc())
        .limit(50)
    )
    with reading() as session:
        return tuple(
            DeviceRow(row.public_id, row.device, row.is_proven, row.last_used_at)
            for row in session.scalars(query)
        )


@dataclass(frozen=True, slots=True)
class RegistrationState:
    """
    Where a registration stands.

    *channels*: where a code can go, in order, each as only its owner can complete it.
    """

    is_ready: bool
    channel: str
    channels: Mapping[str, str]


def find_registration(request_id: str) -> RegistrationState | None:
    """The registration that a browser was sent to; its id is known to nobody else."""
    with reading() as session:
        row = session.get(RegistrationRequest, request_id)
        if row is None:
            return None
        channels = row.channels or {EMAIL: masked("")}
        return RegistrationState(row.code_sent_at is not None, row.channel, channels)


def find_registration_of(link_id: str) -> str | None:
    """The registration that an activation link belongs to, while what was typed is kept."""
    query = select(RegistrationRequest).where(RegistrationRequest.link_id == link_id)
    with reading() as session:
        row = session.scalar(query)
        return row.id if row and row.typed else None


def masked(email: str) -> str:
    """``ana.soto@correo.example`` → ``a•••@correo.example``"""
    name, at, host = email.partition("@")
    return f"{name[:1]}•••{at}{host}"


def list_users(viewer: Viewer, *, document_types: Sequence[str]) -> tuple[str, ...]:
    """The names that sign in to the viewer's account, as people write them."""
    query = (
        select(AccountIdentifier.kind, AccountIdentifier.value)
        .where(AccountIdentifier.account_id == viewer.account_id)
        .order_by(AccountIdentifier.kind)
    )
    with reading() as session:
        found = session.execute(query)
        return tuple(names.shown(kind, value, document_types) for kind, value in found)
