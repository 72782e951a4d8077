"""An hour is free again: whoever waits for such an hour has the first word."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from clinicweb.booking.holds import FOR_WAITING, NO_HOLD, is_for_waiting
from clinicweb.booking.hour_rows import overlaps
from clinicweb.booking.models import FREE, LIVE_STATUSES, Appointment, Slot
from clinicweb.booking.waiting_models import FreedHour, WaitingEntry
from clinicweb.core import clock

# Kept so long for the worker to choose to whom it is offered; without one it is simply free.
_UNTIL_OFFERED = timedelta(seconds=30)


def note_freed(session: Session, slot: Slot) -> None:
    """
    *slot*, locked by the caller, can be had again since this transaction, as can what it blocked.

    Where nobody waits for such an hour it is free at once.
    """
    note_opened(session, _free_at_its_time(session, slot))


def note_opened(session: Session, slots: Sequence[Slot]) -> None:
    """The same for exactly these, all of them locked or new."""
    now = clock.now()
    ids = [slot.id for slot in slots if slot.status == FREE and slot.starts_at > now]
    wished = select(Slot).where(Slot.id.in_(ids), is_wished(now))
    for slot in session.scalars(wished).all() if ids else ():
        _keep(slot, now + _UNTIL_OFFERED)
        session.merge(FreedHour(slot_id=slot.id, freed_at=now, look_at=now))


def keep_for_waiting(session: Session, slot: Slot, until: datetime, offer_id: str) -> None:
    """
    Others read that it is being offered, until *until*.

    So do those who want another hour that overlaps it: it would take this one away.
    """
    now = clock.now()
    for row in _free_at_its_time(session, slot):
        is_chosen = row.held_until is not None and row.held_until > now
        if row is slot or not is_chosen or is_for_waiting(row.held_by_draft_id):
            _keep(row, until, offer_id)


def let_go(session: Session, slot: Slot) -> None:
    """Anybody can have it, unless somebody chose it meanwhile, and what was kept with it."""
    holder = slot.held_by_draft_id
    if not is_for_waiting(holder):
        return
    for row in _free_at_its_time(session, slot):
        if row is slot or row.held_by_draft_id == holder != FOR_WAITING:
            for name, value in NO_HOLD.items():
                setattr(row, name, value)


def _free_at_its_time(session: Session, slot: Slot) -> Sequence[Slot]:
    query = select(Slot).where(overlaps(slot), Slot.status == FREE)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _keep(slot: Slot, until: datetime, offer_id: str = "") -> None:
    slot.held_until = until
    slot.held_by_draft_id = holder_of(offer_id)
    slot.held_by_account_id = None


def holder_of(offer_id: str) -> str:
    """Who holds an hour that is offered, as if it were a draft: no longer than the id of one."""
    return f"{FOR_WAITING}{offer_id}"[:22]


def is_wished(now: datetime) -> ColumnElement[bool]:
    """SQL: somebody waits for the slot, but for the time of day, which is the site's."""
    return exists().where(is_waiting(now), *asks_for(Slot))


def is_waiting(now: datetime) -> ColumnElement[bool]:
    """SQL: the entry still stands; of one that was for something earlier, that is still coming."""
    later = aliased(Appointment)
    is_ahead = exists().where(
        later.id == WaitingEntry.appointment_id,
        later.status.in_(LIVE_STATUSES),
        later.starts_at > now,
    )
    return WaitingEntry.ended_at.is_(None) & (WaitingEntry.appointment_id.is_(None) | is_ahead)


def asks_for(slot: type[Slot] | Slot) -> list[ColumnElement[bool]]:
    """SQL: the entry is for such hours as *slot*, but for the time of day."""
    later = aliased(Appointment)
    is_earlier = (
        exists()
        .where(later.id == WaitingEntry.appointment_id, later.starts_at > slot.starts_at)
        .correlate_except(later)  # the slot is that of whoever asks, however far outside
    )
    return [
        WaitingEntry.service_id == slot.service_id,
        _is_any_or(WaitingEntry.practitioner_id, slot.practitioner_id),
        _is_any_or(WaitingEntry.site_id, slot.site_id),
        _is_any_or(WaitingEntry.modality, slot.modality),
        WaitingEntry.first_day <= slot.day,
        WaitingEntry.last_day >= slot.day,
        or_(WaitingEntry.appointment_id.is_(None), is_earlier),
    ]


def _is_any_or(asked: InstrumentedAttribute[Any], found: Any) -> ColumnElement[bool]:
    return asked.is_(None) | (asked == found)
