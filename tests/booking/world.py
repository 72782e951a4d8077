"""Drafts, viewers and counts, made and read at the database itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from clinicweb.accounts.models import Account
from clinicweb.audit.models import AuditEvent
from clinicweb.booking.actions import FLOW, BookAppointment, book_appointment
from clinicweb.booking.models import FREE, LIVE_STATUSES, Appointment, Slot
from clinicweb.clinic.models import Patient, Practitioner, Service
from clinicweb.clinic.rules import ClinicRules, load_rules
from clinicweb.core import db, drafts
from clinicweb.core import flow as flows
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer
from clinicweb.notifications.models import OutboxMessage

RULES = load_rules("teleconsulta")
Answers = dict[str, dict[str, str | None]]


def rules_with(**booking: Any) -> ClinicRules:
    """The preset with other numbers for booking."""
    return RULES.model_copy(update={"booking": RULES.booking.model_copy(update=booking)})


@dataclass(frozen=True)
class Prepared:
    """A draft that is answered to its end, and the name of these answers."""

    id: str
    digest: str
    viewer: Viewer

    def book(self, rules: ClinicRules = RULES) -> str:
        return book_appointment(rules, BookAppointment(self.viewer, self.id, self.digest))


def viewer_of(name: str) -> Viewer:
    """Ana, Clara… as the portal knows them when they are signed in."""
    with db.reading() as session:
        account = session.scalars(select(Account).where(Account.name == name)).one()
        return Viewer(
            account_id=account.id,
            session_id=0,
            name=account.name,
            roles=frozenset(account.roles.split()),
            patient_id=account.patient_id,
        )


def prepare(viewer: Viewer, slot_id: int, *, is_asked_for_whom: bool = False) -> Prepared:
    """A draft of *viewer* with all answers given, for themselves, which keeps no hour."""
    answers = answers_for(slot_id)
    if is_asked_for_whom:
        answers["persona"] = _herself(viewer)
    return prepare_all([viewer], answers)[0]


def prepare_all(viewers: Sequence[Viewer], answers: Answers) -> list[Prepared]:
    """A draft of each with all *answers* given, for themselves; they keep no hour."""
    found = [Prepared(new_public_id(), flows.digest(answers), viewer) for viewer in viewers]
    with db.bookkeeping() as session:
        for one in found:
            owner = drafts.Owner(account_id=one.viewer.account_id)
            drafts.start(session, one.id, FLOW, owner).answers = dict(answers)
    return found


def _herself(viewer: Viewer) -> dict[str, str | None]:
    with db.reading() as session:
        patient = session.get_one(Patient, viewer.patient_id)
        return {"patient": patient.public_id, "patient_text": patient.full_name}


def answers_for(slot_id: int) -> Answers:
    with db.reading() as session:
        slot = session.get_one(Slot, slot_id)
        return {
            "buscar": {
                "service": slot.service.code,
                "practitioner": None,
                "day": slot.day.isoformat(),
            },
            "hora": {"slot": str(slot.id)},
        }


def free_slots(doctor: str = "diaz", service: str = "mg") -> list[int]:
    """The ids of the free hours, the earliest first."""
    query = (
        select(Slot.id)
        .join(Practitioner)
        .join(Service)
        .where(Practitioner.code == doctor, Service.code == service, Slot.status == FREE)
        .order_by(Slot.starts_at)
    )
    with db.reading() as session:
        return list(session.scalars(query))


def slot(slot_id: int) -> Slot:
    """A copy of the row, to look at."""
    with db.reading() as session:
        found = session.get_one(Slot, slot_id)
        session.expunge(found)
        return found


def add_slot(like: int, *, starts_at: datetime, minutes: int = 30, doctor: str = "") -> int:
    """Another free hour, as *like* in all else."""
    with db.current().writing() as session:
        model = session.get_one(Slot, like)
        practitioner_id = model.practitioner_id
        if doctor:
            query = select(Practitioner.id).where(Practitioner.code == doctor)
            practitioner_id = session.scalars(query).one()
        added = Slot(
            practitioner_id=practitioner_id,
            service_id=model.service_id,
            site_id=model.site_id,
            modality=model.modality,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            day=model.day,
            source="import",
            status=FREE,
        )
        session.add(added)
        session.flush()
        return added.id


def hours(count: int) -> list[int]:
    """*count* hours that nobody has, each with others near it."""
    first = free_slots()[0]
    last = slot(free_slots()[-1]).starts_at
    while len(free_slots()) < count + 4:
        last += 2 * (slot(first).ends_at - slot(first).starts_at)
        add_slot(first, starts_at=last)
    return free_slots()[:count]


def change(model: Any, condition: Any, **values: Any) -> None:
    with db.current().writing() as session:
        session.execute(update(model).where(condition).values(**values))


def appointment(public_id: str) -> Appointment:
    with db.reading() as session:
        query = select(Appointment).where(Appointment.public_id == public_id)
        found = session.scalars(query).one()
        session.expunge(found)
        return found


def live_appointments(slot_id: int) -> list[str]:
    query = select(Appointment.public_id).where(
        Appointment.slot_id == slot_id, Appointment.status.in_(LIVE_STATUSES)
    )
    with db.reading() as session:
        return list(session.scalars(query))


def audit_rows(public_id: str) -> list[str]:
    """What was done to an appointment, in order."""
    query = (
        select(AuditEvent.action)
        .where(AuditEvent.record_id == public_id, AuditEvent.record_type == "appointment")
        .order_by(AuditEvent.id)
    )
    with db.reading() as session:
        return list(session.scalars(query))


def mails(public_id: str) -> list[str]:
    """The messages about an appointment: template and sequence, in order."""
    query = (
        select(OutboxMessage.dedupe_key)
        .where(OutboxMessage.dedupe_key.contains(f"/{public_id}/", autoescape=True))
        .order_by(OutboxMessage.id)
    )
    with db.reading() as session:
        return [key.replace(f"/{public_id}/", " ") for key in session.scalars(query)]


def totals() -> dict[str, int]:
    """How many rows there are of what a booking writes."""
    tables: Sequence[Any] = (Appointment, AuditEvent, OutboxMessage)
    with db.reading() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
        }


def set_answers(draft: Prepared, answers: Answers) -> Prepared:
    """The same draft with other answers, all of them read."""
    with db.bookkeeping() as session:
        session.get_one(drafts.Draft, draft.id).answers = answers
    return Prepared(draft.id, flows.digest(answers), draft.viewer)
