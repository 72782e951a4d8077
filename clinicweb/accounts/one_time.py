"""Rows that can be used once, each named by a signed link of its purpose."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from clinicweb.accounts.models import OneTimeLink
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.errors import NotAllowed
from clinicweb.core.ids import new_public_id

RESET_PASSWORD = "reset-password"  # noqa: S105  a purpose
ACTIVATE = "activate"

USED = "link.used"
EXPIRED = "link.expired"
CODE_OVER = "code.over"
CODE_WRONG = "code.wrong"

# Kept for a while after they end, so that an old link can say what became of it.
REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LinkState:
    """What a link would do now: *problem* is None, ``link.used`` or ``link.expired``."""

    account_id: int
    problem: str | None


def make(
    session: Session,
    purpose: str,
    account_id: int,
    *,
    lifetime: timedelta,
    code_lifetime: timedelta | None = None,
) -> str:
    """A new row's id.  Those before it, for the same purpose and account, no longer count."""
    now = clock.now()
    session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.account_id == account_id,
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
        )
        .values(used_at=now)
    )
    link = OneTimeLink(
        id=new_public_id(),
        purpose=purpose,
        account_id=account_id,
        created_at=now,
        expires_at=now + lifetime,
        code_expires_at=now + code_lifetime if code_lifetime else None,
    )
    session.add(link)
    return link.id


def look(purpose: str, link_id: str) -> LinkState | None:
    """What *link_id* would do, without doing it; None when there is no such row."""
    with reading() as session:
        link = session.get(OneTimeLink, link_id)
        if link is None or link.purpose != purpose:
            return None
        if link.used_at is not None:
            return LinkState(link.account_id, USED)
        problem = EXPIRED if link.expires_at <= clock.now() else None
        return LinkState(link.account_id, problem)


def row(session: Session, link_id: str) -> OneTimeLink | None:
    return session.get(OneTimeLink, link_id)


def use(session: Session, purpose: str, link_id: str) -> int:
    """
    Use *link_id* up.

    Returns: whose it was.  Raises: ``NotAllowed`` (``link.used``) for all but the first.
    """
    now = clock.now()
    used = update(OneTimeLink).where(
        OneTimeLink.id == link_id,
        OneTimeLink.purpose == purpose,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now,
    )
    account_id = session.scalar(used.values(used_at=now).returning(OneTimeLink.account_id))
    if account_id is None:
        raise NotAllowed(USED)
    return account_id


def use_code(session: Session, link_id: str, *, attempts: int, is_right: bool) -> int:
    """
    Use *link_id* up by its code; *is_right* says whether the code was.

    Each try counts, in one UPDATE, before it is answered: no race guesses more often.

    Returns: whose it is.  Raises: ``NotAllowed`` (``code.over``) when the code was used, is too
    old or was tried too often.
    """
    now = clock.now()
    tried = (
        update(OneTimeLink)
        .where(
            OneTimeLink.id == link_id,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.code_expires_at > now,
            OneTimeLink.code_attempts < attempts,
        )
        .values(
            code_attempts=OneTimeLink.code_attempts + 1,
            used_at=now if is_right else None,
        )
        .returning(OneTimeLink.account_id)
    )
    account_id = session.scalar(tried)
    if account_id is None:
        raise NotAllowed(CODE_OVER)
    return account_id


def purge(session: Session) -> None:
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < clock.now() - REMEMBERED))
