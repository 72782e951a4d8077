"""Attentions of some people, the latest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from clinicweb.booking.models import APPOINTMENT_CANCELLED, LIVE_STATUSES, Appointment
from clinicweb.clinic.models import Practitioner, Service
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.search import words_of
from clinicweb.core.viewer import Viewer
from clinicweb.family import queries as family
from clinicweb.family.members import Member

COMING, PAST, CANCELLED = "proximas", "anteriores", "canceladas"
STATES = (COMING, PAST, CANCELLED)
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class HistorySearch:
    """
    Which attentions are looked for; what is empty is any.

    Args:
        person: the public id of one of ``list_people``.
        first, last: days in *zone*, both inclusive.
        words: of the doctor's or the service's name.
        before: the public id of an attention: only those after it in the list.
    """

    zone: str
    person: str = ""
    first: date | None = None
    last: date | None = None
    words: str = ""
    state: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One attention; *is_over*: its time has passed, whatever became of it."""

    public_id: str
    starts_at: datetime
    zone: str
    status: str
    is_over: bool
    person_name: str
    practitioner_name: str
    service_name: str
    site_text: str
    modality: str


def list_people(viewer: Viewer, rules: ClinicRules) -> tuple[Member, ...]:
    """Whose attentions *viewer* may read, themselves first; none where there are no families."""
    return tuple(m for m in family.list_members(viewer, rules) if m.decision.allowed)


def list_history(
    viewer: Viewer, people: Sequence[Member], search: HistorySearch, *, most: int
) -> tuple[tuple[HistoryRow, ...], bool]:
    """
    At most *most* attentions of *viewer* and *people*, the latest first.

    Returns: besides, whether there are older ones.  Raises: ``NotFound`` for a person who is not
    one of *people*, and for a ``before`` that is not one of their attentions.
    """
    ids = _ids(viewer, people, search.person)
    with reading() as session:
        query = _of(ids).where(*_conditions(search))
        if search.before:
            query = query.where(_is_older(_find(session, ids, search.before)))
        found = session.scalars(query.limit(most + 1)).all()
        return tuple(_row(row) for row in found[:most]), len(found) > most


def _ids(viewer: Viewer, people: Sequence[Member], person: str) -> list[int | None]:
    if not person:
        return [viewer.patient_id, *(m.patient_id for m in people if not m.is_self)]
    ids: list[int | None] = [m.patient_id for m in people if m.public_id == person]
    if not ids:
        raise NotFound
    return ids


def _find(session: Session, ids: Sequence[int | None], public_id: str) -> Appointment:
    is_theirs = Appointment.patient_id.in_(ids)
    row = session.scalar(select(Appointment).where(Appointment.public_id == public_id, is_theirs))
    if row is None:
        raise NotFound
    return row


def _is_older(last: Appointment) -> ColumnElement[bool]:
    is_same = Appointment.starts_at == last.starts_at
    return or_(Appointment.starts_at < last.starts_at, and_(is_same, Appointment.id < last.id))


def _of(ids: Sequence[int | None]) -> Select[Appointment]:
    load = (
        joinedload(Appointment.patient),
        joinedload(Appointment.practitioner),
        joinedload(Appointment.service),
        joinedload(Appointment.site),
    )
    return (
        select(Appointment)
        .where(Appointment.patient_id.in_(ids))
        .options(*load)
        .order_by(Appointment.starts_at.desc(), Appointment.id.desc())
    )


def _conditions(search: HistorySearch) -> list[ColumnElement[bool]]:
    words = words_of(search.words)[:_MOST_WORDS]
    return [*_period(search), *_state(search.state), *map(_named, words)]


def _period(search: HistorySearch) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if search.first:
        found.append(Appointment.starts_at >= clock.start_of_day(search.first, search.zone))
    if search.last:
        after = search.last + timedelta(days=1)
        found.append(Appointment.starts_at < clock.start_of_day(after, search.zone))
    return found


def _state(state: str) -> list[ColumnElement[bool]]:
    now = clock.now()
    is_cancelled = Appointment.status == APPOINTMENT_CANCELLED
    is_ahead = and_(Appointment.status.in_(LIVE_STATUSES), Appointment.ends_at > now)
    by_state = {
        COMING: [is_ahead],
        PAST: [~is_cancelled, ~is_ahead],
        CANCELLED: [is_cancelled],
    }
    return by_state.get(state, [])


def _named(word: str) -> ColumnElement[bool]:
    """A word of the doctor's name or of the service begins so, without accents."""
    names = ((Practitioner, Appointment.practitioner_id), (Service, Appointment.service_id))
    return or_(
        *(
            exists().where(
                table.id == mine,
                or_(
                    table.search_key.startswith(word, autoescape=True),
                    table.search_key.contains(f" {word}", autoescape=True),
                ),
            )
            for table, mine in names
        )
    )


def _row(row: Appointment) -> HistoryRow:
    return HistoryRow(
        public_id=row.public_id,
        starts_at=row.starts_at,
        zone=row.site.timezone,
        status=row.told_status,
        is_over=row.ends_at <= clock.now(),
        person_name=row.patient.full_name,
        practitioner_name=row.practitioner.full_name,
        service_name=row.service.name,
        site_text=row.site.full_name,
        modality=row.modality,
    )
