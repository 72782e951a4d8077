"""
Hours that the web may take of a doctor, service, place and day (S3-84).

One row counts each such day; a person takes one of the rest by an UPDATE that cannot go over.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, Update, exists, func, select, update
from sqlalchemy.orm import Session

from clinicweb.booking.models import APPOINTMENT_CANCELLED, Appointment, Slot, WebQuota
from clinicweb.booking.publishing import QuotaKey


@cache
def is_used_up() -> ColumnElement[bool]:
    """SQL: the web may take no more hours of the slot's day."""
    return exists().where(_is_of(Slot), WebQuota.taken >= WebQuota.total)


def _is_of(slot: type[Slot] | Slot) -> ColumnElement[bool]:
    return (
        (WebQuota.practitioner_id == slot.practitioner_id)
        & (WebQuota.day == slot.day)
        & (WebQuota.service_id == slot.service_id)
        & (WebQuota.site_id == slot.site_id)
        & (WebQuota.modality == slot.modality)
    )


def left(session: Session, slot: Slot) -> int | None:
    """How many the web may still take of that day; None without a quota."""
    return session.scalar(select(WebQuota.total - WebQuota.taken).where(_is_of(slot)))


def take(session: Session, slot: Slot) -> bool:
    """Count one more; False when it was the last that somebody else just took."""
    one_more = _counting(+1).where(_is_of(slot), WebQuota.taken < WebQuota.total)
    if session.execute(one_more).rowcount:  # type: ignore[attr-defined]
        return True
    return left(session, slot) is None


def give_back(session: Session, appointment: Appointment) -> None:
    """Count one less, when it was the web that took it."""
    slot = session.get(Slot, appointment.slot_id) if appointment.slot_id else None
    if slot is not None and appointment.draft_id is not None:
        session.execute(_counting(-1).where(_is_of(slot), WebQuota.taken > 0))


def _counting(change: int) -> Update:
    counted = update(WebQuota).values(taken=WebQuota.taken + change)
    return counted.execution_options(synchronize_session=False)


def settle(
    session: Session, practitioner_id: int, totals: Mapping[QuotaKey, int], *, since: date
) -> int:
    """
    Make the rows of a practitioner, from the day *since* on, those of *totals*.

    Returns: how many were changed.
    """
    query = select(WebQuota).where(
        WebQuota.practitioner_id == practitioner_id, WebQuota.day >= since
    )
    rows = {_key(row): row for row in session.scalars(query.with_for_update())}
    taken = _taken_by_web(session, practitioner_id, since) if totals else {}
    gone = [row for key, row in rows.items() if key not in totals]
    for row in gone:
        session.delete(row)
    changed = len(gone)
    for key, total in totals.items():
        changed += _write(session, rows.get(key), practitioner_id, key, (total, taken.get(key, 0)))
    return changed


def _key(row: WebQuota) -> QuotaKey:
    return (row.day, row.service_id, row.site_id, row.modality)


def _write(
    session: Session,
    row: WebQuota | None,
    practitioner_id: int,
    key: QuotaKey,
    counts: tuple[int, int],
) -> bool:
    if row is None:
        day, service_id, site_id, modality = key
        row = WebQuota(
            practitioner_id=practitioner_id, day=day, service_id=service_id, site_id=site_id,
            modality=modality, total=-1, taken=0,
        )  # fmt: skip
        session.add(row)
    is_changed = (row.total, row.taken) != counts
    if is_changed:
        row.total, row.taken = counts
    return is_changed


def _taken_by_web(session: Session, practitioner_id: int, since: date) -> dict[QuotaKey, int]:
    of = (Slot.day, Slot.service_id, Slot.site_id, Slot.modality)
    query = (
        select(*of, func.count(Appointment.id))
        .join(Slot, Appointment.slot_id == Slot.id)
        .where(Slot.practitioner_id == practitioner_id, Slot.day >= since, _COUNTS)
        .group_by(*of)
    )
    return {(row[0], row[1], row[2], row[3]): row[4] for row in session.execute(query)}


_COUNTS = Appointment.draft_id.is_not(None) & (Appointment.status != APPOINTMENT_CANCELLED)


def recount(session: Session, practitioner_ids: Iterable[int], *, since: date) -> None:
    """Count anew what the web took of these people's days: something else changed them."""
    taken = (
        select(func.count(Appointment.id))
        .join(Slot, Appointment.slot_id == Slot.id)
        .where(_is_of(Slot), _COUNTS)
    )
    session.execute(
        update(WebQuota)
        .where(WebQuota.practitioner_id.in_(list(practitioner_ids)), WebQuota.day >= since)
        .values(taken=taken.correlate(WebQuota).scalar_subquery())
        .execution_options(synchronize_session=False)
    )
