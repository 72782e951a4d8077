"""Browsers in which somebody has come in before; each keeps a random key per account."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from clinicweb.accounts.models import KnownDevice
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.ids import new_public_id


@dataclass(frozen=True, slots=True)
class Known:
    """*is_proven*: a second factor was shown in this browser before."""

    id: int
    is_proven: bool


def find(keys: Sequence[str], account_id: int | None) -> Known | None:
    """The device of one of *keys*, if it is one of the account's; asked for nobody too."""
    if not keys:
        return None
    query = select(KnownDevice).where(
        KnownDevice.key_hash.in_([_hashed(key) for key in keys]),
        KnownDevice.account_id == (account_id or 0),
        KnownDevice.expires_at > clock.now(),
    )
    with reading() as session:
        row = session.scalar(query.limit(1))
        return Known(row.id, row.is_proven) if row else None


def remember(
    session: Session,
    known: Known | None,
    *,
    account_id: int,
    device: str,
    is_proven: bool,
    lifetime: timedelta,
) -> str | None:
    """The key for a browser that has none for this account; None for one that is *known*."""
    if known and _seen(session, known, lifetime, is_proven=is_proven):
        return None
    return make(
        session, account_id=account_id, device=device, is_proven=is_proven, lifetime=lifetime
    )


def make(
    session: Session, *, account_id: int, device: str, is_proven: bool, lifetime: timedelta
) -> str:
    """A new device of an account.  Returns: its key, for the browser alone."""
    now = clock.now()
    key = secrets.token_urlsafe(32)
    row = KnownDevice(
        public_id=new_public_id(),
        account_id=account_id,
        key_hash=_hashed(key),
        device=device[:120],
        is_proven=is_proven,
        created_at=now,
        last_used_at=now,
        expires_at=now + lifetime,
    )
    session.add(row)
    return key


def _seen(session: Session, known: Known, lifetime: timedelta, *, is_proven: bool) -> bool:
    """Whether the row was still there to be renewed: it may have been forgotten meanwhile."""
    now = clock.now()
    until = {"last_used_at": now, "expires_at": now + lifetime}
    proven = {"is_proven": True} if is_proven else {}
    renewed = update(KnownDevice).where(KnownDevice.id == known.id).values(**until, **proven)
    return session.scalar(renewed.returning(KnownDevice.id)) is not None


def forget_all(session: Session, account_id: int) -> None:
    session.execute(delete(KnownDevice).where(KnownDevice.account_id == account_id))


def purge(session: Session) -> None:
    session.execute(delete(KnownDevice).where(KnownDevice.expires_at <= clock.now()))


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
