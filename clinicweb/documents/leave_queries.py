"""Reading the sick leaves of the one person whom the viewer acts for."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased, joinedload

from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer
from clinicweb.documents.models import DocumentSeal, SickLeave
from clinicweb.documents.policy import AUTHORISED

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class SickLeaveRow:
    """*author_name* is empty where the clinic's system does not say who."""

    public_id: str
    kind: str
    issued_on: date
    starts_on: date
    ends_on: date
    author_name: str
    content_hash: str


def list_sick_leaves(viewer: Viewer, *, since: date) -> tuple[SickLeaveRow, ...]:
    """Authorised, sealed, and issued on *since* or later (S3-44, S3-45); the latest first."""
    with reading() as session:
        found = session.execute(_theirs(viewer, since)).all()
        return tuple(_row(leave, content_hash) for leave, content_hash in found)


def get_sick_leave(viewer: Viewer, public_id: str, *, since: date) -> SickLeaveRow:
    """One of those.  Raises: ``NotFound`` for any other, whatever it is that it lacks."""
    with reading() as session:
        query = _theirs(viewer, since).where(SickLeave.public_id == public_id)
        found = session.execute(query).one_or_none()
        if found is None:
            raise NotFound
        return _row(*found)


def _theirs(viewer: Viewer, since: date) -> Select[SickLeave, str]:
    return (
        select(SickLeave, DocumentSeal.content_hash)
        .join(DocumentSeal, DocumentSeal.sick_leave_id == SickLeave.id)
        .where(
            SickLeave.patient_id == viewer.patient_id,
            SickLeave.issued_on >= since,
            SickLeave.status.in_(AUTHORISED),
            DocumentSeal.revoked_at.is_(None),
            ~is_superseded(),
        )
        .options(joinedload(SickLeave.author))
        .order_by(SickLeave.issued_on.desc(), SickLeave.id.desc())
        .limit(MOST_SHOWN)
    )


def is_superseded() -> ColumnElement[bool]:
    """Whether somebody stands for a correction of it."""
    newer = aliased(SickLeave)
    return exists().where(newer.replaces_id == SickLeave.id, newer.status.in_(AUTHORISED))


def _row(found: SickLeave, content_hash: str) -> SickLeaveRow:
    return SickLeaveRow(
        public_id=found.public_id,
        kind=found.kind,
        issued_on=found.issued_on,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        author_name=found.author.full_name if found.author else "",
        content_hash=content_hash,
    )
