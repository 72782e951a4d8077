"""Appointments of a plan, written in bulk, and the slots that they take or leave."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.booking import quotas
from clinicweb.booking.holds import NO_HOLD
from clinicweb.booking.models import (
    APPOINTMENT_CANCELLED,
    BLOCKED,
    BOOKED,
    FREE,
    LIVE_STATUSES,
    WITHDRAWN,
    Appointment,
    Slot,
)
from clinicweb.booking.moving_rows import hours_left
from clinicweb.core import clock
from clinicweb.core.i18n import _
from clinicweb.core.ids import new_public_id
from clinicweb.imports import records
from clinicweb.imports.problems import Problem
from clinicweb.imports.upsert import Key, chunks
from clinicweb.imports.writing import Writing
from clinicweb.imports.writing_hours import modality_of_services, who_and_where

FoundRow = Any  # of a query, with the columns it names
_READ = (
    Appointment.id, Appointment.public_id, Appointment.patient_id, Appointment.practitioner_id,
    Appointment.service_id, Appointment.site_id, Appointment.starts_at, Appointment.status,
    Appointment.sequence,
)  # fmt: skip


def write_appointments(writing: Writing, appointments: list[records.Appointment]) -> list[Problem]:
    """
    Write *appointments* and bring the slots in line with them.

    Returns: warnings, for those that somebody cancelled or moved meanwhile: what was done in the
    portal stands.
    """
    if not appointments:
        return []
    writer = _Writer(writing, appointments)
    for appointment in appointments:
        writer.write(appointment)
    writer.flush()
    settle_slots(writing.session, writer.people)
    today = min(clock.local_day(writer.now, zone) for zone in ("UTC", writing.timezone))
    quotas.recount(writing.session, writer.people, since=today)
    return writer.warnings


class _Writer:
    def __init__(self, writing: Writing, appointments: list[records.Appointment]) -> None:
        self.writing = writing
        self.outcome = writing.outcomes["appointments"]
        self.warnings: list[Problem] = []
        self.now = clock.now()
        people, patients = writing.ids("practitioners"), writing.ids("patients")
        self.people = {people[appointment.practitioner] for appointment in appointments}
        starts = [appointment.starts_at for appointment in appointments]
        self._existing = self._read_existing(min(starts), max(starts))
        self._slots = self._read_slots(min(starts), max(starts))
        self._left = self._read_left({patients[one.patient_mrn] for one in appointments})
        self._modalities = modality_of_services(writing)
        self._inserts: list[dict[str, Any]] = []
        self._updates: list[dict[str, Any]] = []

    def _read_existing(self, first: datetime, last: datetime) -> dict[Key, list[FoundRow]]:
        query = select(*_READ).where(
            Appointment.practitioner_id.in_(self.people),
            Appointment.starts_at.between(first, last),
        )
        found: defaultdict[Key, list[FoundRow]] = defaultdict(list)
        for row in self.writing.session.execute(query.order_by(Appointment.id)):
            found[row.patient_id, row.practitioner_id, row.starts_at].append(row)
        return found

    def _read_left(self, patient_ids: Iterable[int]) -> set[Key]:
        return {
            left for some in chunks(patient_ids) for left in hours_left(self.writing.session, some)
        }

    def _read_slots(self, first: datetime, last: datetime) -> dict[Key, FoundRow]:
        query = select(
            Slot.id, Slot.practitioner_id, Slot.service_id, Slot.site_id, Slot.starts_at,
            Slot.ends_at, Slot.modality,
        ).where(
            Slot.practitioner_id.in_(self.people),
            Slot.starts_at.between(first, last),
            Slot.status != WITHDRAWN,
        )  # fmt: skip
        return {
            (row.practitioner_id, row.service_id, row.site_id, row.starts_at): row
            for row in self.writing.session.execute(query)
        }

    def write(self, appointment: records.Appointment) -> None:
        patient_id = self.writing.ids("patients")[appointment.patient_mrn]
        where = who_and_where(self.writing, appointment)
        key = (patient_id, where["practitioner_id"], appointment.starts_at)
        old = _same(self._existing.get(key, []), appointment.status)
        if old is None and key in self._left and appointment.status in LIVE_STATUSES:
            message = _("no se añade: en el portal se cambió por otra hora")
            self.warnings.append(appointment.source.problem("starts_at", message))
        elif old is None:
            self._inserts.append(self._new(appointment, {**where, "patient_id": patient_id}))
            self.outcome.created.add(key)
        elif old.status not in LIVE_STATUSES and appointment.status in LIVE_STATUSES:
            message = _("no se revive: en el portal está como «%(status)s»", status=old.status)
            self.warnings.append(appointment.source.problem("status", message))
        elif _says_otherwise(old, where, appointment.status):
            self._updates.append(self._changed(old, where, appointment.status))
            self.outcome.updated.add(key)

    def _new(self, appointment: records.Appointment, who: dict[str, int]) -> dict[str, Any]:
        slot = self._slots.get(
            (who["practitioner_id"], who["service_id"], who["site_id"], appointment.starts_at)
        )
        is_live = appointment.status in LIVE_STATUSES
        is_cancelled = appointment.status == APPOINTMENT_CANCELLED
        return {
            **who,
            "public_id": new_public_id(),
            "slot_id": slot.id if slot and is_live else None,
            "modality": slot.modality if slot else self._modalities[appointment.service],
            "starts_at": appointment.starts_at,
            "ends_at": slot.ends_at if slot else appointment.ends_at,
            "status": appointment.status,
            "sequence": 0,
            "created_at": self.now,
            "cancelled_at": self.now if is_cancelled else None,
        }

    def _changed(self, old: FoundRow, where: Mapping[str, int], status: str) -> dict[str, Any]:
        is_cancelled = status == APPOINTMENT_CANCELLED
        audit.record(
            self.writing.session,
            "appointment.import",
            record_type="appointment",
            record_id=old.public_id,
            patient_id=old.patient_id,
            detail={"from": old.status, "to": status},
        )
        return {
            "id": old.id,
            "service_id": where["service_id"],
            "site_id": where["site_id"],
            "status": status,
            "sequence": old.sequence + 1,
            "cancelled_at": self.now if is_cancelled else None,
        }

    def flush(self) -> None:
        session = self.writing.session
        if self._updates:
            session.execute(update(Appointment), self._updates)
        if self._inserts:
            session.execute(insert(Appointment), self._inserts)


def _same(found: list[FoundRow], status: str) -> FoundRow | None:
    """Return the one meant: with that status, else the live one, else the last."""
    ranked = sorted(found, key=lambda row: (row.status == status, row.status in LIVE_STATUSES))
    return ranked[-1] if ranked else None


def _says_otherwise(old: FoundRow, where: Mapping[str, int], status: str) -> bool:
    then = (old.service_id, old.site_id, old.status)
    return then != (where["service_id"], where["site_id"], status)


def settle_slots(session: Session, practitioner_ids: Iterable[int]) -> None:
    """Make the coming slots of these people free, booked or blocked, as their appointments say."""
    meanwhile = (
        (Appointment.practitioner_id == Slot.practitioner_id)
        & Appointment.status.in_(LIVE_STATUSES)
        & (Appointment.starts_at < Slot.ends_at)
        & (Appointment.ends_at > Slot.starts_at)
    )
    is_taken = exists().where(meanwhile, Appointment.slot_id == Slot.id)
    is_busy = exists().where(meanwhile)
    theirs = (Slot.practitioner_id.in_(list(practitioner_ids)), Slot.starts_at > clock.now())
    for status, others, condition, values in (
        (BOOKED, (FREE, BLOCKED), is_taken, NO_HOLD),
        (BLOCKED, (FREE, BOOKED), is_busy & ~is_taken, NO_HOLD),
        (FREE, (BOOKED, BLOCKED), ~is_busy, {}),
    ):
        session.execute(
            update(Slot)
            .where(*theirs, Slot.status.in_(others), condition)
            .values(status=status, **values)
            .execution_options(synchronize_session=False)
        )
