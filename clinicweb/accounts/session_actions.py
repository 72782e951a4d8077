"""Sessions of an account: opened, noted as seen, ended."""

import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account, KnownDevice, LoginSession
from clinicweb.accounts.queries import key_hash
from clinicweb.audit import actions as audit
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core import clock, db
from clinicweb.core.db import transaction
from clinicweb.core.errors import NotFound, Unavailable
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer

log = logging.getLogger(__name__)

_SEEN_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewSession:
    """
    Args:
        credential_version: of the password that was checked, not of the one that holds now: a
            password changed meanwhile ends this session at once.
        factor: the kind of proof shown beside the password.
        must_add_factor: one is asked of the account and it has none.
    """

    credential_version: int
    device: str
    is_kept: bool = False
    factor: str | None = None
    must_add_factor: bool = False


def open_session(session: Session, rules: SignIn, account: Account, new: NewSession) -> str:
    """
    Open a session in this transaction, which holds the lock of *account*.

    Returns: its key, to be kept by the browser alone.
    """
    key, now = secrets.token_urlsafe(32), clock.now()
    login = LoginSession(
        public_id=new_public_id(),
        key_hash=key_hash(key),
        account_id=account.id,
        credential_version=new.credential_version,
        device=new.device[:120],
        created_at=now,
        last_seen_at=now,
        confirmed_at=now,
        expires_at=now + rules.lasts(is_kept=new.is_kept),
        is_kept=new.is_kept,
        factor=new.factor,
        must_add_factor=new.must_add_factor,
    )
    session.add(login)
    session.flush()
    _note_session(session, "session.start", login, account)
    _end_the_oldest(session, rules, account)
    return key


def _end_the_oldest(session: Session, rules: SignIn, account: Account) -> None:
    """No account has more sessions at once than the clinic lets it (T11)."""
    now = clock.now()
    open_ones = (
        select(LoginSession)
        .where(
            LoginSession.account_id == account.id,
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > now,
        )
        .order_by(LoginSession.id.desc())
        .offset(rules.sessions_at_once)
    )
    for login in session.scalars(open_ones):
        login.ended_at = now
        _note_session(session, "session.end", login, account)


def _note_session(session: Session, action: str, login: LoginSession, account: Account) -> None:
    audit.record(
        session,
        action,
        record_type="login_session",
        record_id=login.id,
        patient_id=account.patient_id,
        detail={"account": account.id},
    )


def note_factor_added(session: Session, account_id: int) -> None:
    """The account has a proof now: its sessions may do what they are for."""
    held_back = update(LoginSession).where(LoginSession.account_id == account_id)
    session.execute(held_back.values(must_add_factor=False))


def sign_out(viewer: Viewer) -> None:
    """End the viewer's present session; its cookie is worth nothing from here on."""
    with transaction(viewer) as session:
        _end(session, viewer, session.get_one(LoginSession, viewer.session_id))


def end_session(viewer: Viewer, public_id: str) -> None:
    """End one of the viewer's own sessions.  Raises ``NotFound`` for anybody else's."""
    query = select(LoginSession).where(
        LoginSession.public_id == public_id,
        LoginSession.account_id == viewer.account_id,
        LoginSession.ended_at.is_(None),
    )
    with transaction(viewer) as session:
        login = session.scalar(query)
        if login is None:
            raise NotFound
        _end(session, viewer, login)


def _end(session: Session, viewer: Viewer, login: LoginSession) -> None:
    login.ended_at = clock.now()
    _note_session(session, "session.end", login, session.get_one(Account, viewer.account_id))


def forget_device(viewer: Viewer, public_id: str) -> None:
    """
    One of the viewer's own devices is a stranger from here on; its sessions go on.

    Raises: ``NotFound`` for anybody else's.
    """
    query = select(KnownDevice).where(
        KnownDevice.public_id == public_id, KnownDevice.account_id == viewer.account_id
    )
    with transaction(viewer) as session:
        known = session.scalar(query)
        if known is None:
            raise NotFound
        session.delete(known)
        audit.record(
            session,
            "device.forget",
            record_type="known_device",
            record_id=known.id,
            patient_id=viewer.patient_id,
        )


def touch_session(session_id: int) -> None:
    """
    Note that the person is still there, at most once a minute.

    The one write that a GET makes; it changes nothing that anybody can read but a time.  While
    the database takes no writes, pages go on without it.
    """
    now = clock.now()
    stale = LoginSession.last_seen_at <= now - _SEEN_STEP
    seen = update(LoginSession).where(LoginSession.id == session_id, stale)
    try:
        with db.noting() as session:
            session.execute(seen.values(last_seen_at=now))
    except Unavailable:
        log.warning("session %s could not be noted as seen", session_id)
