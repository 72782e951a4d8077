"""An appointment put at another hour, within whatever act does it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.audit.entries import list_details
from clinicweb.booking import agenda_changes, hour_rows, mail, policy, quotas
from clinicweb.booking.freed import note_freed
from clinicweb.booking.holds import NO_HOLD, is_for_waiting
from clinicweb.booking.models import BOOKED, FREE, LIVE_STATUSES, Appointment, Slot
from clinicweb.booking.person_rows import is_busy
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.decision import check
from clinicweb.core.errors import Conflict

_MOVE = "appointment.move"


@dataclass(frozen=True, slots=True)
class Hours:
    """The hour that an appointment has and the one that is wanted, both locked."""

    old: Slot | None  # an imported appointment may have none
    new: Slot


def lock_both(session: Session, appointment: Appointment, slot_id: int) -> Hours:
    """Raises ``Conflict`` (``slot.taken``) where there is no such hour."""
    if appointment.slot_id is None:
        return Hours(None, hour_rows.lock_hour(session, slot_id))
    old, new = hour_rows.lock_hours(session, [appointment.slot_id, slot_id])
    return Hours(old, new)


def is_there(session: Session, appointment: Appointment, hours: Hours) -> bool:
    """
    Whether it is at the hour wanted already; read again, and locked.

    Raises: ``Conflict`` (``move.changed``) where it is at a third one by now.
    """
    session.refresh(appointment, with_for_update=True)
    if appointment.slot_id == hours.new.id and appointment.status in LIVE_STATUSES:
        return True
    if appointment.slot_id != (hours.old.id if hours.old else None):
        raise Conflict(policy.MOVED_MEANWHILE)
    return False


def check_move(rules: ClinicRules, appointment: Appointment) -> None:
    """Raises ``NotAllowed`` with the policy's reason."""
    now = clock.now()
    facts = hour_rows.facts_of(appointment, now)
    check(policy.may_move(policy.hour_rules(rules.booking), facts, now=now))


def change_hour(
    session: Session, rules: ClinicRules, appointment: Appointment, hours: Hours
) -> None:
    """
    Give the old hour back and take the new one, in the journal and by mail.

    Raises: ``Conflict`` with what the policy says against the new one.
    """
    quotas.lock(session, [hours.new, *([hours.old] if hours.old else [])])
    was = mail.Was(appointment.starts_at, appointment.site.timezone)
    left = (appointment.practitioner_id, was.at)
    quotas.give_back(session, appointment)
    _check(session, rules, appointment, hours.new)
    _put(appointment, hours.new)
    agenda_changes.end(session, appointment, agenda_changes.MOVED)
    session.flush()
    hours.new.status = BOOKED
    for name, value in NO_HOLD.items():
        setattr(hours.new, name, value)
    if hours.old is not None:
        hour_rows.free(session, hours.old)
    session.flush()
    hour_rows.block_overlapping(session, hours.new)
    if hours.old is not None:
        note_freed(session, hours.old)
    _note(session, appointment, *left)
    mail.tell_moved(session, rules, appointment, was)


def _check(session: Session, rules: ClinicRules, appointment: Appointment, new: Slot) -> None:
    now = clock.now()
    is_others = new.held_by_draft_id not in (None, appointment.public_id)
    facts = policy.SlotFacts(
        starts_at=new.starts_at,
        is_free=new.status == FREE and _is_alike(appointment, new),
        held_by_other_until=new.held_until if is_others else None,
        web_left=quotas.left(session, new),
        is_offered=is_for_waiting(new.held_by_draft_id),
    )
    # One hour for another: nobody has more of them than before.
    person = policy.PersonFacts(is_busy=is_busy(session, appointment.patient_id, new,
                                                but=appointment))  # fmt: skip
    decision = policy.may_book(policy.hour_rules(rules.booking), facts, person, now=now)
    if not decision.allowed:
        raise Conflict(str(decision.reason))
    # What the clinic gave is not the web's; it only goes where the web still has hours.
    if appointment.draft_id is not None and not quotas.take(session, new):
        raise Conflict(policy.WEB_QUOTA_TAKEN)


def _is_alike(appointment: Appointment, slot: Slot) -> bool:
    return (slot.service_id, slot.modality) == (appointment.service_id, appointment.modality)


def _put(appointment: Appointment, slot: Slot) -> None:
    appointment.slot_id = slot.id
    appointment.practitioner = slot.practitioner
    appointment.site = slot.site
    appointment.starts_at, appointment.ends_at = slot.starts_at, slot.ends_at
    appointment.sequence += 1
    appointment.moved_at = clock.now()
    appointment.confirmed_at = None


def _note(
    session: Session, appointment: Appointment, practitioner_id: int, was_at: datetime
) -> None:
    audit.record(
        session,
        _MOVE,
        record_type="appointment",
        record_id=appointment.public_id,
        patient_id=appointment.patient_id,
        detail={
            "from": was_at.isoformat(),
            "from_practitioner": practitioner_id,
            "to": appointment.starts_at.isoformat(),
        },
    )


def hours_left(session: Session, patient_ids: Collection[int]) -> set[tuple[int, int, datetime]]:
    """(patient, practitioner, start) of the hours that these people had and changed for others."""
    return {
        (patient_id, was["from_practitioner"], datetime.fromisoformat(was["from"]))
        for patient_id, was in list_details(session, _MOVE, patient_ids)
        if "from_practitioner" in was
    }
