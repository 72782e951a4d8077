"""Answers of flows that are not finished yet, kept on the server."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from clinicweb.core import clock
from clinicweb.core.db import Base
from clinicweb.core.errors import NotFound

LIFETIME = timedelta(hours=24)


class Draft(Base):
    """One unfinished (or finished, for a while) run of a flow."""

    __tablename__ = "draft"
    __table_args__ = (Index(None, "expires_at"),)

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    flow: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    nonce_hash: Mapped[str | None] = mapped_column(String(64))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose draft: an account, or the browser of a stranger that holds *nonce*."""

    account_id: int | None = None
    nonce: str | None = None

    @property
    def nonce_hash(self) -> str | None:
        return hashlib.sha256(self.nonce.encode()).hexdigest() if self.nonce else None

    def owns(self, draft: Draft) -> bool:
        if draft.account_id is not None:
            return draft.account_id == self.account_id
        return draft.nonce_hash is not None and draft.nonce_hash == self.nonce_hash


def start(session: Session, draft_id: str, flow: str, owner: Owner) -> Draft:
    """A new, empty draft; *draft_id* was drawn by ``ids.new_public_id``."""
    now = clock.now()
    draft = Draft(
        id=draft_id,
        flow=flow,
        account_id=owner.account_id,
        nonce_hash=None if owner.account_id else owner.nonce_hash,
        answers={},
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(draft)
    return draft


def find(session: Session, draft_id: str, flow: str, owner: Owner) -> Draft:
    """Raises ``NotFound`` when it is not there, expired, of another flow or somebody else's."""
    return _checked(session.get(Draft, draft_id), flow, owner)


def lock(session: Session, draft_id: str, flow: str, owner: Owner) -> Draft:
    """As ``find``, and nobody else changes it until the end of this transaction."""
    query = select(Draft).where(Draft.id == draft_id).with_for_update()
    return _checked(session.scalar(query), flow, owner)


def _checked(draft: Draft | None, flow: str, owner: Owner) -> Draft:
    if draft is None or draft.flow != flow or draft.expires_at <= clock.now():
        raise NotFound
    if not owner.owns(draft):
        raise NotFound
    return draft


def start_or_lock(session: Session, draft_id: str, flow: str, owner: Owner) -> Draft:
    """The draft, made if it is not there; a flow of one step is finished without one before."""
    if session.get(Draft, draft_id) is None:
        start(session, draft_id, flow, owner)
        session.flush()
    return lock(session, draft_id, flow, owner)


def finish(draft: Draft, result: Mapping[str, Any]) -> None:
    """Remember what came of it, so that pressing twice acts once."""
    draft.result = dict(result)


def purge(session: Session) -> None:
    """Delete what has expired."""
    session.execute(delete(Draft).where(Draft.expires_at <= clock.now()))
