"""What somebody does with the hour that they are offered: takes it, or passes it on."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.booking import hour_rows, mail, offer_rows, quotas, waiting_policy
from clinicweb.booking.freed import holder_of, let_go
from clinicweb.booking.holds import NO_HOLD
from clinicweb.booking.models import APPOINTMENT_BOOKED, BOOKED, Appointment
from clinicweb.booking.moving_rows import Hours, change_hour, is_there
from clinicweb.booking.person_rows import lock_people
from clinicweb.booking.policy import WEB_QUOTA_TAKEN, hour_rules
from clinicweb.booking.waiting_models import (
    ACCEPTED,
    DECLINED,
    SERVED,
    FreedHour,
    HourOffer,
    WaitingEntry,
)
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import again_after_a_ring, transaction
from clinicweb.core.decision import Decision
from clinicweb.core.errors import Conflict, NotFound
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class TakeOffer:
    """*viewer* acts for whom the hour is; *instead_of*: the later appointment it replaces."""

    viewer: Viewer
    offer_id: str
    instead_of: str = ""


@again_after_a_ring
def take_offer(rules: ClinicRules, command: TakeOffer) -> str:
    """
    Book the hour that was offered, once, however often it is asked.

    Returns: the appointment's public id.
    Raises: ``NotFound`` for another's offer, ``Conflict`` (``offer.over``, or what is against the
    hour by now).
    """
    try:
        with transaction(command.viewer) as session:
            return _take_offer(session, rules, command)
    except IntegrityError as error:
        raise hour_rows.conflict_of(error) from None


def _take_offer(session: Session, rules: ClinicRules, command: TakeOffer) -> str:
    offer = _own(session, command.viewer, command.offer_id)
    later = _named(session, command)
    ids = [offer.slot_id, *([later.slot_id] if later and later.slot_id else [])]
    slot, *others = hour_rows.lock_hours(session, ids)
    lock_people(session, rules, command.viewer)
    quotas.lock(session, [slot, *others])
    session.refresh(offer, with_for_update=True)
    if offer.answer == ACCEPTED and offer.appointment is not None:
        return offer.appointment.public_id
    _check_open(offer)
    _check(session, rules, offer, later)
    quotas.give_back_hour(session, slot)  # the offer's; what comes of it counts by itself
    offer.entry.ended_at, offer.entry.ended_why = clock.now(), SERVED
    taken = later or _book(session, rules, offer)
    if later is not None:
        _change(session, rules, later, Hours(next(iter(others), None), slot))
    _end(session, offer, taken)
    return taken.public_id


def _own(session: Session, viewer: Viewer, offer_id: str) -> HourOffer:
    query = (
        select(HourOffer)
        .join(WaitingEntry)
        .where(
            HourOffer.public_id == offer_id,
            WaitingEntry.account_id == viewer.account_id,
            WaitingEntry.patient_id == viewer.patient_id,
        )
    )
    offer = session.scalar(query)
    if offer is None:
        raise NotFound
    return offer


def _named(session: Session, command: TakeOffer) -> Appointment | None:
    if not command.instead_of:
        return None
    query = select(Appointment).where(
        Appointment.public_id == command.instead_of,
        Appointment.patient_id == command.viewer.patient_id,
    )
    later = session.scalar(query)
    if later is None:
        raise NotFound
    return later


def _check_open(offer: HourOffer) -> None:
    _refuse(waiting_policy.may_answer(offer.ends_at, offer.answer, now=clock.now()))


def _check(
    session: Session, rules: ClinicRules, offer: HourOffer, later: Appointment | None
) -> None:
    """Raises what is against it by now."""
    found = offer_rows.candidate_of(session, rules, offer.entry, offer.slot)
    ways = waiting_policy.ways_to_take(
        hour_rules(rules.booking),
        offer_rows.slot_facts(session, offer.slot, offer.public_id),
        found.facts,
        now=clock.now(),
    )
    if later is not None and later is not found.later:
        raise Conflict(waiting_policy.NOTHING_LATER)
    _refuse(ways.keep if later is None else ways.change)


def _refuse(decision: Decision) -> None:
    if not decision.allowed:
        raise Conflict(str(decision.reason))


def _book(session: Session, rules: ClinicRules, offer: HourOffer) -> Appointment:
    slot = offer.slot
    if not quotas.take(session, slot):
        raise Conflict(WEB_QUOTA_TAKEN)
    appointment = Appointment(
        public_id=new_public_id(),
        slot_id=slot.id,
        patient=offer.entry.patient,
        practitioner=slot.practitioner,
        service=slot.service,
        site=slot.site,
        modality=slot.modality,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        status=APPOINTMENT_BOOKED,
        # As a draft's: the web took it, and the offer books once.
        draft_id=holder_of(offer.public_id),
        sequence=0,
        created_at=clock.now(),
    )
    session.add(appointment)
    slot.status = BOOKED
    for name, value in NO_HOLD.items():
        setattr(slot, name, value)
    session.flush()
    hour_rows.block_overlapping(session, slot)
    _note(session, "appointment.book", appointment)
    mail.tell_booked(session, rules, appointment)
    return appointment


def _change(session: Session, rules: ClinicRules, later: Appointment, hours: Hours) -> None:
    """The later one is moved: to the calendars it stays the same, and it costs nothing."""
    is_there(session, later, hours)  # else it was moved meanwhile
    hours.new.held_by_draft_id = later.public_id
    change_hour(session, rules, later, hours)


def _end(session: Session, offer: HourOffer, taken: Appointment) -> None:
    offer.answer, offer.answered_at, offer.appointment = ACCEPTED, clock.now(), taken
    freed = session.get(FreedHour, offer.slot_id)
    if freed is not None:
        session.delete(freed)
    _note_offer(session, "offer.take", offer)


@dataclass(frozen=True, slots=True)
class DeclineOffer:
    viewer: Viewer
    offer_id: str


def decline_offer(rules: ClinicRules, command: DeclineOffer) -> None:
    """
    «No la quiero»: the next one is asked at once; saying it again changes nothing.

    Raises: ``NotFound`` for another's, ``Conflict`` (``offer.over``).
    """
    with transaction(command.viewer) as session:
        offer = _own(session, command.viewer, command.offer_id)
        hour_rows.lock_hour(session, offer.slot_id)
        lock_people(session, rules, command.viewer)
        session.refresh(offer, with_for_update=True)
        if offer.answer == DECLINED:
            return
        _check_open(offer)
        pass_on(session, offer)


def pass_on(session: Session, offer: HourOffer) -> None:
    """Whoever has it wants it no more; the slot is locked."""
    now = clock.now()
    offer.answer, offer.answered_at = DECLINED, now
    quotas.give_back_hour(session, offer.slot)
    freed = session.get(FreedHour, offer.slot_id)
    if freed is None:
        let_go(session, offer.slot)
    else:
        freed.look_at = now
    _note_offer(session, "offer.decline", offer)


def _note(session: Session, action: str, appointment: Appointment) -> None:
    audit.record(
        session,
        action,
        record_type="appointment",
        record_id=appointment.public_id,
        patient_id=appointment.patient_id,
        detail={"starts_at": appointment.starts_at.isoformat()},
    )


def _note_offer(session: Session, action: str, offer: HourOffer) -> None:
    audit.record(
        session,
        action,
        record_type="slot",
        record_id=offer.slot_id,
        patient_id=offer.entry.patient_id,
        detail={"starts_at": offer.slot.starts_at.isoformat()},
    )
