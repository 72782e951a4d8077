"""
The hours that are left for who lost one.

Of fifty who lose the same hour at once, all are offered the same ones, but for those at which they
are busy themselves: they are looked for once, and again half a second later.  Who takes an offer
that somebody had meanwhile loses it as kindly as the first.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, select

from clinicweb.booking import queries
from clinicweb.booking.criteria import HourSearch
from clinicweb.booking.models import LIVE_STATUSES, Appointment, Slot
from clinicweb.booking.queries import FreeHour
from clinicweb.core.db import reading
from clinicweb.core.recent import Recent
from clinicweb.core.viewer import Viewer

_SECONDS = 0.5
# So many more than are offered: a person may be busy at some.
_SPARE = 6
_found: Recent[tuple[FreeHour, ...]] = Recent(_SECONDS)


def list_nearest_hours(
    viewer: Viewer, search: HourSearch, slot_id: int, *, count: int
) -> tuple[FreeHour, ...]:
    """The *count* hours nearest in time to that of *slot_id* that the viewer can have, in order."""
    return _in_order(_nearest(search, slot_id, count, ~queries.is_busy(viewer)))


def list_nearest_to_taken(
    viewer: Viewer, search: HourSearch, slot_id: int, *, count: int
) -> tuple[FreeHour, ...]:
    """As ``list_nearest_hours``, for one of many whose drafts keep no hour."""
    search, most = replace(search, draft_id=""), count + _SPARE
    found = _found.get((search, slot_id, most), lambda: _nearest(search, slot_id, most))
    left = _without_the_busy(viewer, found)
    if len(left) < count and len(found) == most:
        return list_nearest_hours(viewer, search, slot_id, count=count)
    return _in_order(left[:count])


def list_day_hours(
    viewer: Viewer, search: HourSearch, day: date, slot_id: int
) -> tuple[FreeHour, ...]:
    """As ``queries.list_free_hours``, for one of many who lost *slot_id*: it is not among them."""
    search = replace(search, draft_id="")
    # Of each lost hour apart: what was found for those who lost another may be from before.
    return _found.get((search, day, slot_id), lambda: queries.list_free_hours(viewer, search, day))


def _in_order(hours: Sequence[FreeHour]) -> tuple[FreeHour, ...]:
    return tuple(sorted(hours, key=lambda hour: hour.starts_at))


def _nearest(
    search: HourSearch, slot_id: int, count: int, *conditions: Any
) -> tuple[FreeHour, ...]:
    """The nearest first."""
    with reading() as session:
        lost = session.execute(select(Slot.day, Slot.starts_at).where(Slot.id == slot_id)).first()
        if lost is None:
            return ()
        near = queries.hours_query(search).where(*conditions, Slot.id != slot_id)
        at = lost.starts_at
        # By day first, as the index is.
        later = near.where(Slot.day >= lost.day, Slot.starts_at >= at)
        later = later.order_by(Slot.day, Slot.starts_at).limit(count)
        earlier = near.where(Slot.day <= lost.day, Slot.starts_at < at)
        earlier = earlier.order_by(Slot.day.desc(), Slot.starts_at.desc()).limit(count)
        found = [*session.scalars(later), *session.scalars(earlier)]
        nearest = sorted(found, key=lambda slot: abs(slot.starts_at - at))[:count]
        return tuple(map(queries.free_hour, nearest))


def _without_the_busy(viewer: Viewer, hours: Sequence[FreeHour]) -> list[FreeHour]:
    """Those of *hours* at which the viewer has nothing else."""
    ids = [hour.slot_id for hour in hours]
    with reading() as session:
        busy = set(session.scalars(_busy(), {"ids": ids, "patient_id": viewer.patient_id}))
    return [hour for hour in hours if hour.slot_id not in busy]


@cache
def _busy() -> Select[int]:
    """Made once: each of a crowd asks it."""
    is_busy = exists().where(
        Appointment.patient_id == bindparam("patient_id"),
        Appointment.status.in_(LIVE_STATUSES),
        Appointment.starts_at < Slot.ends_at,
        Appointment.ends_at > Slot.starts_at,
    )
    return select(Slot.id).where(Slot.id.in_(bindparam("ids", expanding=True)), is_busy)
