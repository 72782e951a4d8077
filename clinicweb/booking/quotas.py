"""
Hours that the web may take of a doctor, service, place and day (S3-84).

One row counts each such day; a person takes one of the rest by an UPDATE that cannot go over.
An hour that is offered to who waited counts as well: what was promised must be there to be taken.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from clinicweb.booking.models import APPOINTMENT_CANCELLED, Appointment, Slot, WebQuota
from clinicweb.booking.publishing import QuotaKey
from clinicweb.booking.waiting_models import HourOffer

_DAY = ("practitioner_id", "day", "service_id", "site_id", "modality")
_IS_OFFERED = HourOffer.answer.is_(None)
# The rows that count, each of a slot of the day.
_COUNTED: tuple[tuple[Any, ColumnElement[bool]], ...] = (
    (
        Appointment,
        Appointment.draft_id.is_not(None) & (Appointment.status != APPOINTMENT_CANCELLED),
    ),
    (HourOffer, _IS_OFFERED),
)


@cache
def is_used_up() -> ColumnElement[bool]:
    """SQL: the web may take no more hours of the slot's day."""
    return exists().where(_is_of(Slot), WebQuota.taken >= WebQuota.total)


def _is_of(slot: type[Slot] | Slot) -> ColumnElement[bool]:
    return and_(*(getattr(WebQuota, name) == getattr(slot, name) for name in _DAY))


def left(session: Session, slot: Slot) -> int | None:
    """How many the web may still take of that day; None without a quota."""
    return session.scalar(select(WebQuota.total - WebQuota.taken).where(_is_of(slot)))


def lock(session: Session, slots: Sequence[Slot]) -> None:
    """For who counts at several days: in one order, so that no two wait in a ring."""
    days = select(WebQuota.id).where(or_(*map(_is_of, slots)))
    session.scalars(days.order_by(WebQuota.id).with_for_update()).all()


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
        give_back_hour(session, slot)


def give_back_hour(session: Session, slot: Slot) -> None:
    """Count one less: what was offered is offered no more."""
    session.execute(_counting(-1).where(_is_of(slot), WebQuota.taken > 0))


def offered_until(session: Session, slot: Slot) -> datetime | None:
    """The soonest end of an offer that counts where *slot* does."""
    other = aliased(Slot)
    alike = (getattr(other, name) == getattr(slot, name) for name in _DAY)
    query = select(func.min(HourOffer.ends_at)).join(other, other.id == HourOffer.slot_id)
    return session.scalar(query.where(_IS_OFFERED, *alike))


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
    query = query.order_by(WebQuota.id).with_for_update()
    rows = {_key(row): row for row in session.scalars(query)}
    taken = _taken(session, practitioner_id, since) if totals else Counter()
    gone = [row for key, row in rows.items() if key not in totals]
    for row in gone:
        session.delete(row)
    changed = len(gone)
    for key, total in totals.items():
        changed += _write(session, rows.get(key), practitioner_id, key, (total, taken[key]))
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


def _taken(session: Session, practitioner_id: int, since: date) -> Counter[QuotaKey]:
    """What the web has taken, and what is being offered."""
    found = Counter[QuotaKey]()
    of = (Slot.day, Slot.service_id, Slot.site_id, Slot.modality)
    for model, condition in _COUNTED:
        query = (
            select(*of, func.count(model.id))
            .join(Slot, model.slot_id == Slot.id)
            .where(Slot.practitioner_id == practitioner_id, Slot.day >= since, condition)
            .group_by(*of)
        )
        for row in session.execute(query):
            found[row[0], row[1], row[2], row[3]] += row[4]
    return found


def recount(session: Session, practitioner_ids: Iterable[int], *, since: date) -> None:
    """Count anew what the web took of these people's days: something else changed them."""
    taken, offered = (
        select(func.count(model.id))
        .join(Slot, model.slot_id == Slot.id)
        .where(_is_of(Slot), condition)
        .correlate(WebQuota)
        .scalar_subquery()
        for model, condition in _COUNTED
    )
    session.execute(
        update(WebQuota)
        .where(WebQuota.practitioner_id.in_(list(practitioner_ids)), WebQuota.day >= since)
        .values(taken=taken + offered)
        .execution_options(synchronize_session=False)
    )
