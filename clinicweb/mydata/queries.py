"""Who saw or changed what of some people, the latest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Row, and_, not_, or_, select

from clinicweb.accounts.models import Account
from clinicweb.audit.models import AuditEvent
from clinicweb.clinic.models import Patient
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer
from clinicweb.family.members import Member
from clinicweb.mydata import policy


@dataclass(frozen=True, slots=True)
class AccessSearch:
    """
    Which lines are looked for; what is empty is any.

    Args:
        person: the public id of one of the people.
        first, last: days in *zone*, both inclusive.
        kind: one of ``policy.KINDS``.
        skip: how many of the latest are passed over.
    """

    zone: str
    person: str = ""
    first: date | None = None
    last: date | None = None
    kind: str = ""
    skip: int = 0


@dataclass(frozen=True, slots=True)
class AccessRow:
    """
    One line.

    Args:
        roles: of the account that did it; empty where it was no account.
        is_own: *viewer* did it themselves.
        is_for_another: who did it acted for the person.
    """

    at: datetime
    action: str
    actor_name: str
    roles: frozenset[str]
    person_name: str
    is_own: bool
    is_for_another: bool


def list_accesses(
    viewer: Viewer, people: Sequence[Member], search: AccessSearch, *, most: int
) -> tuple[tuple[AccessRow, ...], bool]:
    """
    At most *most* lines about *viewer* and *people*, for whom they may act.

    Returns: besides, whether there are older ones.  Raises: ``NotFound`` for a person who is not
    one of *people*.
    """
    query = (
        select(AuditEvent, Account.roles, Patient.given_name, Patient.family_name)
        .join(Patient, Patient.id == AuditEvent.patient_id)
        .outerjoin(Account, Account.id == AuditEvent.account_id)
        .where(AuditEvent.patient_id.in_(_ids(viewer, people, search.person)))
        .where(*_period(search), *_of_kind(search.kind))
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .offset(search.skip)
        .limit(most + 1)
    )
    with reading() as session:
        found = session.execute(query).all()
        return tuple(_row(viewer, row) for row in found[:most]), len(found) > most


def _ids(viewer: Viewer, people: Sequence[Member], person: str) -> list[int | None]:
    if not person:
        return [viewer.patient_id, *(one.patient_id for one in people if not one.is_self)]
    ids: list[int | None] = [one.patient_id for one in people if one.public_id == person]
    if not ids:
        raise NotFound
    return ids


def _period(search: AccessSearch) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if search.first:
        found.append(AuditEvent.at >= clock.start_of_day(search.first, search.zone))
    if search.last:
        after = search.last + timedelta(days=1)
        found.append(AuditEvent.at < clock.start_of_day(after, search.zone))
    return found


def _of_kind(kind: str) -> list[ColumnElement[bool]]:
    is_read = AuditEvent.action.endswith(".read", autoescape=True)
    is_account = or_(
        *(
            AuditEvent.action.startswith(f"{word}.", autoescape=True)
            for word in policy.ACCOUNT_WORDS
        )
    )
    by_kind = {
        policy.READ: [is_read],
        policy.ACCOUNT: [is_account, not_(is_read)],
        policy.CHANGE: [and_(not_(is_read), not_(is_account))],
    }
    return by_kind.get(kind, [])


def _row(viewer: Viewer, row: Row) -> AccessRow:
    event, roles, given_name, family_name = row
    return AccessRow(
        at=event.at,
        action=event.action,
        actor_name=event.actor_name,
        roles=frozenset((roles or "").split()),
        person_name=f"{given_name} {family_name}",
        is_own=event.account_id == viewer.account_id,
        is_for_another=bool((event.detail or {}).get("on_behalf")),
    )
