"""Who waits and what is offered to them, written and read at the database itself."""

from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select, update

from clinicweb.audit.models import AuditEvent
from clinicweb.booking.actions import ReleaseAppointment, release_appointment
from clinicweb.booking.models import Slot
from clinicweb.booking.offering import offer_freed
from clinicweb.booking.waiting_models import FreedHour, HourOffer, WaitingEntry
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, db
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer
from tests.booking.world import RULES, prepare


def with_waiting(rules: ClinicRules = RULES, **changes: Any) -> ClinicRules:
    """*rules* with another waiting list; no quiet hours, unless *changes* say some."""
    awake = {"quiet_from": time(0), "quiet_to": time(0)}
    waiting = rules.waiting.model_copy(update={**awake, **changes})
    return rules.model_copy(update={"waiting": waiting})


AWAKE = with_waiting()


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


def forget(viewer: Viewer) -> None:
    """All that *viewer* waited for is over."""
    with db.current().writing() as session:
        session.execute(
            update(WaitingEntry)
            .where(WaitingEntry.account_id == viewer.account_id, WaitingEntry.ended_at.is_(None))
            .values(ended_at=clock.now(), ended_why="left")
        )


def free_again(viewer: Viewer, slot_id: int, rules: ClinicRules = AWAKE) -> None:
    """*viewer* books the hour and gives it back."""
    release(viewer, prepare(viewer, slot_id).book(rules), rules)


def release(viewer: Viewer, public_id: str, rules: ClinicRules = AWAKE) -> None:
    release_appointment(rules, ReleaseAppointment(viewer, public_id))


def offered(viewer: Viewer, slot_id: int, **asked: Any) -> str:
    """An hour is freed and offered to *viewer*: the offer's public id."""
    wait_for(viewer, slot_id, **asked)
    note(slot_id)
    offer_freed(AWAKE)
    return next(offer.public_id for offer in offers(slot_id) if offer.answer is None)


def freed_hours() -> list[int]:
    """The ids of the hours that the worker has to look at."""
    with db.reading() as session:
        return list(session.scalars(select(FreedHour.slot_id).order_by(FreedHour.slot_id)))


def offers(slot_id: int) -> list[HourOffer]:
    """Copies of the offers of an hour, in order."""
    query = select(HourOffer).where(HourOffer.slot_id == slot_id).order_by(HourOffer.id)
    with db.reading() as session:
        found = list(session.scalars(query))
        session.expunge_all()
        return found


def note(slot_id: int) -> None:
    """An hour is free since now, as far as the worker knows."""
    with db.current().writing() as session:
        session.add(FreedHour(slot_id=slot_id, freed_at=clock.now(), look_at=clock.now()))


def audited(viewer: Viewer) -> list[str]:
    """What the journal says of hours and the person of *viewer*, in order."""
    query = (
        select(AuditEvent.action)
        .where(AuditEvent.record_type == "slot", AuditEvent.patient_id == viewer.patient_id)
        .order_by(AuditEvent.id)
    )
    with db.reading() as session:
        return list(session.scalars(query))


def entry_of(slot_id: int) -> WaitingEntry:
    """A copy of the first entry that the hour was offered for."""
    with db.reading() as session:
        query = select(WaitingEntry).join(HourOffer).where(HourOffer.slot_id == slot_id)
        found = session.scalars(query.order_by(HourOffer.id)).first()
        assert found is not None
        session.expunge(found)
        return found


def answers(slot_id: int) -> list[tuple[int, str | None]]:
    """To whom an hour was offered (account), and what became of it, in order."""
    query = (
        select(WaitingEntry.account_id, HourOffer.answer)
        .join(HourOffer, HourOffer.entry_id == WaitingEntry.id)
        .where(HourOffer.slot_id == slot_id)
        .order_by(HourOffer.id)
    )
    with db.reading() as session:
        return [(row[0], row[1]) for row in session.execute(query)]
