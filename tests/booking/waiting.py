"""Who waits, written and read at the database itself."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from clinicweb.booking.models import Slot
from clinicweb.booking.waiting_models import FreedHour, WaitingEntry
from clinicweb.core import clock, db
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer


def wait_for(viewer: Viewer, slot_id: int, **asked: Any) -> str:
    """*viewer* waits for hours such as that of *slot_id*; returns the entry's public id."""
    with db.current().writing() as session:
        slot = session.get_one(Slot, slot_id)
        entry = WaitingEntry(
            public_id=new_public_id(),
            account_id=viewer.account_id,
            patient_id=viewer.patient_id,
            service_id=slot.service_id,
            created_at=clock.now(),
            **{"first_day": date.min, "last_day": slot.day + timedelta(days=30), "part": "any"}
            | asked,
        )
        session.add(entry)
        session.flush()
        return entry.public_id


def freed_hours() -> list[int]:
    """The ids of the hours that the worker has to look at."""
    with db.reading() as session:
        return list(session.scalars(select(FreedHour.slot_id).order_by(FreedHour.slot_id)))
