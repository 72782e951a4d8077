"""Waiting for an hour, and waiting no more."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from clinicweb.accounts.people import people_of
from clinicweb.audit import actions as audit
from clinicweb.booking import hour_rows, sanctions, waiting_policy
from clinicweb.booking.freed import is_waiting
from clinicweb.booking.holds import DIRECT
from clinicweb.booking.models import LIVE_STATUSES, Appointment
from clinicweb.booking.offer_actions import pass_on
from clinicweb.booking.person_rows import lock_people
from clinicweb.booking.policy import BARRED
from clinicweb.booking.waiting_models import LEFT, HourOffer, WaitingEntry
from clinicweb.clinic.models import Patient, Practitioner, Service, Site
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import transaction
from clinicweb.core.decision import check
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class StartWaiting:
    """
    *viewer* acts for whom the hour would be.  What is named is named by its code; empty is any.

    ``before``: the public id of an appointment; wanted is an hour earlier than that.
    """

    viewer: Viewer
    service: str
    first_day: date
    last_day: date
    part: str = waiting_policy.ANY
    practitioner: str = ""
    site: str = ""
    modality: str = ""
    before: str = ""


def start_waiting(rules: ClinicRules, command: StartWaiting) -> str:
    """
    Put somebody on the waiting list; asking for the same again changes nothing.

    Returns: the entry's public id.
    Raises: ``NotFound`` for what is not there, ``NotAllowed`` (``book.barred``, or the reasons of
    ``waiting_policy.may_wait``).
    """
    with transaction(command.viewer) as session:
        patient = lock_people(session, rules, command.viewer)
        entry = _entry(session, command, patient)
        same = session.scalar(_same(entry))
        if same is not None:
            return same
        _check(session, rules, command.viewer)
        session.add(entry)
        _note(session, "waiting.start", entry)
        return entry.public_id


def _entry(session: Session, command: StartWaiting, patient: Patient) -> WaitingEntry:
    is_direct = Service.booking == DIRECT
    return WaitingEntry(
        public_id=new_public_id(),
        account_id=command.viewer.account_id,
        patient_id=patient.id,
        service_id=_id(session, select(Service.id).where(_is(Service, command.service), is_direct)),
        practitioner_id=_id_of(session, Practitioner, command.practitioner),
        site_id=_id_of(session, Site, command.site),
        modality=command.modality or None,
        first_day=command.first_day,
        last_day=command.last_day,
        part=command.part,
        appointment_id=_later_id(session, command.before, patient) if command.before else None,
        created_at=clock.now(),
    )


def _is(model: type[Service | Practitioner | Site], code: str) -> ColumnElement[bool]:
    return model.code == code


def _id_of(session: Session, model: type[Practitioner | Site], code: str) -> int | None:
    return _id(session, select(model.id).where(_is(model, code))) if code else None


def _later_id(session: Session, public_id: str, patient: Patient) -> int:
    query = select(Appointment.id).where(
        Appointment.public_id == public_id,
        Appointment.patient_id == patient.id,
        Appointment.status.in_(LIVE_STATUSES),
        Appointment.starts_at > clock.now(),
    )
    return _id(session, query)


def _id(session: Session, query: Select[int]) -> int:
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


_ASKED = (
    "account_id", "patient_id", "service_id", "practitioner_id", "site_id", "modality",
    "first_day", "last_day", "part", "appointment_id",
)  # fmt: skip


def _same(entry: WaitingEntry) -> Select[str]:
    asked = [getattr(WaitingEntry, name) == getattr(entry, name) for name in _ASKED]
    return select(WaitingEntry.public_id).where(is_waiting(clock.now()), *asked).limit(1)


def _check(session: Session, rules: ClinicRules, viewer: Viewer) -> None:
    sanction = sanctions.in_force(session, rules, viewer.account_id)
    if sanction is not None:
        raise NotAllowed(BARRED, until=sanction.until, why=sanction.reason)
    now = clock.now()
    waits = select(func.count(WaitingEntry.id)).where(
        WaitingEntry.patient_id == viewer.patient_id,
        WaitingEntry.last_day >= clock.local_day(now, rules.identity.timezone),
        is_waiting(now),
    )
    decision = waiting_policy.may_wait(
        rules.waiting,
        waits=session.scalar(waits) or 0,
        is_reachable=bool(people_of(session, rules, viewer.account_id)),
    )
    check(decision)


@dataclass(frozen=True, slots=True)
class StopWaiting:
    viewer: Viewer
    entry_id: str


def stop_waiting(command: StopWaiting) -> None:
    """
    «Dejar de esperar»: an hour that is being offered is passed on; doing it again changes nothing.

    Raises: ``NotFound`` for another's.
    """
    with transaction(command.viewer) as session:
        query = select(WaitingEntry).where(
            WaitingEntry.public_id == command.entry_id,
            WaitingEntry.account_id == command.viewer.account_id,
        )
        entry = session.scalar(query)
        if entry is None:
            raise NotFound
        offer = _lock_offer(session, entry)
        session.refresh(entry, with_for_update=True)
        if entry.ended_at is not None:
            return
        entry.ended_at, entry.ended_why = clock.now(), LEFT
        if offer is not None:
            pass_on(session, offer)
        _note(session, "waiting.stop", entry)


def _lock_offer(session: Session, entry: WaitingEntry) -> HourOffer | None:
    """The open one, under the lock of its slot, which comes before all others."""
    query = select(HourOffer).where(HourOffer.entry_id == entry.id, HourOffer.answer.is_(None))
    offer = session.scalar(query)
    if offer is None:
        return None
    hour_rows.lock_hour(session, offer.slot_id)
    return session.scalar(query.execution_options(populate_existing=True))


def _note(session: Session, action: str, entry: WaitingEntry) -> None:
    audit.record(
        session,
        action,
        record_type="waiting",
        record_id=entry.public_id,
        patient_id=entry.patient_id,
    )
