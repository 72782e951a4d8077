"""Rows that can be used once, each named by a signed link of its purpose."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Update, delete, select, update
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account, OneTimeLink
from clinicweb.core import clock, tokens
from clinicweb.core.db import reading
from clinicweb.core.errors import NotAllowed
from clinicweb.core.ids import new_public_id
from clinicweb.core.tokens import Purpose

RESET_PASSWORD = tokens.declare_purpose("reset-password")
ACTIVATE = tokens.declare_purpose("activate")
REACTIVATE = tokens.declare_purpose("reactivate")
STOP_REACTIVATION = tokens.declare_purpose("stop-reactivation")
TEMPORARY_PASSWORD = tokens.declare_purpose("temporary-password")
CHANGE_EMAIL = tokens.declare_purpose("change-email")
INVITE = tokens.declare_purpose("invite")

USED = "link.used"
EXPIRED = "link.expired"
CODE_OVER = "code.over"
CODE_WRONG = "code.wrong"

# Kept for a while after they end, so that an old link can say what became of it.
REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LinkState:
    """What a link would do now: *problem* is None, ``link.used`` or ``link.expired``."""

    account_id: int | None
    problem: str | None


def make(
    session: Session,
    purpose: Purpose,
    account_id: int,
    *,
    lifetime: timedelta,
) -> str:
    """A new row's id.  Those before it, for the same purpose and account, no longer count."""
    # Of two made at once, the second waits here, and then sees the first.
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    session.execute(_open_links(account_id).where(OneTimeLink.purpose == purpose))
    return _new(session, purpose, account_id, lifetime)


def make_for_nobody(
    session: Session, purpose: Purpose, *, lifetime: timedelta, instead_of: str | None
) -> str:
    """A new row's id, of a link that belongs to no account; *instead_of* no longer counts."""
    retire(session, instead_of)
    return _new(session, purpose, None, lifetime)


def retire(session: Session, link_id: str | None) -> None:
    """*link_id* no longer counts, used or not."""
    unused = update(OneTimeLink).where(OneTimeLink.id == link_id, OneTimeLink.used_at.is_(None))
    session.execute(unused.values(used_at=clock.now()))


def _new(session: Session, purpose: Purpose, account_id: int | None, lifetime: timedelta) -> str:
    now = clock.now()
    link = OneTimeLink(
        id=new_public_id(),
        purpose=purpose,
        account_id=account_id,
        created_at=now,
        expires_at=now + lifetime,
    )
    session.add(link)
    return link.id


def close_all(session: Session, account_id: int) -> None:
    """No link that *account_id* was sent until now counts any more."""
    session.execute(_open_links(account_id))


def close(session: Session, purpose: Purpose, account_id: int) -> None:
    """As ``close_all``, for the links of one purpose."""
    session.execute(_open_links(account_id).where(OneTimeLink.purpose == purpose))


def _open_links(account_id: int) -> Update:
    mine = OneTimeLink.account_id == account_id
    return (
        update(OneTimeLink).where(mine, OneTimeLink.used_at.is_(None)).values(used_at=clock.now())
    )


def look(purpose: Purpose, link_id: str) -> LinkState | None:
    """What *link_id* would do, without doing it; None when there is no such row."""
    with reading() as session:
        link = session.get(OneTimeLink, link_id)
        if link is None or link.purpose != purpose:
            return None
        if link.used_at is not None:
            return LinkState(link.account_id, USED)
        problem = EXPIRED if link.expires_at <= clock.now() else None
        return LinkState(link.account_id, problem)


def use(session: Session, purpose: Purpose, link_id: str) -> int | None:
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
    found = session.execute(used.values(used_at=now).returning(OneTimeLink.account_id))
    owner = found.one_or_none()
    if owner is None:
        raise NotAllowed(USED)
    return owner.account_id


def purge(session: Session) -> None:
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < clock.now() - REMEMBERED))
