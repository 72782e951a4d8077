"""Whom an hour can be offered to, read within the act that offers it or takes it."""

from dataclasses import dataclass, replace

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.accounts.people import people_of
from clinicweb.booking import quotas, sanctions
from clinicweb.booking.freed import holder_of
from clinicweb.booking.holds import DIRECT, is_for_waiting
from clinicweb.booking.hour_rows import count_ahead, facts_of
from clinicweb.booking.models import FREE, LIVE_STATUSES, Appointment, Slot
from clinicweb.booking.offer_mail import Told
from clinicweb.booking.person_rows import is_busy
from clinicweb.booking.policy import PersonFacts, SlotFacts, hour_rules, may_move
from clinicweb.booking.waiting_models import HourOffer, WaitingEntry
from clinicweb.booking.waiting_policy import Hour, WaitingFacts, Wish
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.viewer import PATIENT, Viewer
from clinicweb.family.actions import check_acting


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who waits, as an offer needs them; *later*: what the hour could take the place of."""

    entry: WaitingEntry
    account: Account
    later: Appointment | None
    facts: WaitingFacts


def wish_of(entry: WaitingEntry) -> Wish:
    return Wish(
        service_id=entry.service_id,
        first_day=entry.first_day,
        last_day=entry.last_day,
        part=entry.part,
        practitioner_id=entry.practitioner_id,
        site_id=entry.site_id,
        modality=entry.modality,
        before=entry.appointment.starts_at if entry.appointment else None,
    )


def hour_of(slot: Slot) -> Hour:
    return Hour(
        service_id=slot.service_id,
        practitioner_id=slot.practitioner_id,
        site_id=slot.site_id,
        modality=slot.modality,
        starts_at=slot.starts_at,
        day=slot.day,
        wall_time=clock.local(slot.starts_at, slot.site.timezone).time(),
    )


def slot_facts(session: Session, slot: Slot, offer_id: str = "") -> SlotFacts:
    """As the person of *offer_id* sees it; without one as whoever waits does."""
    holder = slot.held_by_draft_id
    is_theirs = holder == holder_of(offer_id) if offer_id else is_for_waiting(holder)
    web_left = quotas.left(session, slot)
    if web_left is not None and offer_id:
        web_left += 1  # what is offered to them is counted already
    return SlotFacts(
        starts_at=slot.starts_at,
        is_free=slot.status == FREE and slot.service.booking == DIRECT,
        held_by_other_until=None if is_theirs else slot.held_until,
        web_left=web_left,
        is_offered=is_for_waiting(holder),
    )


def candidate_of(
    session: Session, rules: ClinicRules, entry: WaitingEntry, slot: Slot
) -> Candidate:
    account = session.get_one(Account, entry.account_id)
    later = find_later(session, rules, entry, slot)
    keeping = _person_facts(session, rules, entry, slot)
    facts = WaitingFacts(
        keeping=keeping,
        changing=_without(session, keeping, later, slot) if later else None,
        may_act=_may_act(session, rules, entry, account),
    )
    return Candidate(entry, account, later, facts)


def readers_of(session: Session, rules: ClinicRules, found: Candidate) -> list[Told]:
    """Who can be told of an offer; nobody where there is no way to them."""
    people = people_of(session, rules, found.account.id)
    return [Told(person, member_name(found.entry, found.account)) for person in people]


def member_name(entry: WaitingEntry, account: Account) -> str | None:
    """The given name of whom the hour would be for, where that is not who reads."""
    return None if account.patient_id == entry.patient_id else entry.patient.given_name


def _person_facts(
    session: Session, rules: ClinicRules, entry: WaitingEntry, slot: Slot
) -> PersonFacts:
    ahead = session.scalar(count_ahead(entry.patient_id, slot.service_id, clock.now()))
    return PersonFacts(
        is_busy=is_busy(session, entry.patient_id, slot),
        ahead=ahead or 0,
        is_barred=sanctions.in_force(session, rules, entry.account_id) is not None,
    )


def _without(session: Session, facts: PersonFacts, later: Appointment, slot: Slot) -> PersonFacts:
    busy = facts.is_busy and is_busy(session, later.patient_id, slot, but=later)
    return replace(facts, is_busy=busy, ahead=max(0, facts.ahead - 1))


def find_later(
    session: Session, rules: ClinicRules, entry: WaitingEntry, slot: Slot
) -> Appointment | None:
    """
    The appointment that the hour of *slot* could take the place of: the one that somebody wants
    an earlier hour for, else their next of the same kind; that can still be changed.
    """
    now = clock.now()
    query = (
        select(Appointment)
        .where(
            Appointment.patient_id == entry.patient_id,
            Appointment.service_id == slot.service_id,
            Appointment.modality == slot.modality,
            Appointment.status.in_(LIVE_STATUSES),
            Appointment.starts_at > slot.starts_at,
        )
        .order_by(Appointment.id != entry.appointment_id, Appointment.starts_at)
        .limit(1)
    )
    later = session.scalar(query)
    if later is None:
        return None
    numbers = hour_rules(rules.booking)
    return later if may_move(numbers, facts_of(later, now), now=now).allowed else None


def _may_act(session: Session, rules: ClinicRules, entry: WaitingEntry, account: Account) -> bool:
    """Whether the patient belongs to the clinic still, and the account may act for them."""
    today = clock.local_day(clock.now(), rules.identity.timezone)
    ends_on = entry.patient.affiliation_ends_on
    if ends_on is not None and today > ends_on:
        return False
    if account.patient_id == entry.patient_id:
        return True
    try:
        check_acting(session, rules, viewer_for(account, entry.patient_id))
    except (NotFound, NotAllowed):
        return False
    return True


def viewer_for(account: Account, patient_id: int) -> Viewer:
    """Whoever a link speaks for: the account as it acts for *patient_id*."""
    is_own = account.patient_id == patient_id
    return Viewer(
        account_id=account.id,
        session_id=0,
        name=account.name,
        roles=frozenset({PATIENT}),
        patient_id=patient_id,
        holder_id=None if is_own else account.patient_id,
    )


def open_offer_of_slot(session: Session, slot_id: int) -> HourOffer | None:
    query = select(HourOffer).where(HourOffer.slot_id == slot_id, HourOffer.answer.is_(None))
    return session.scalar(query.execution_options(populate_existing=True))


def has_open_offer(session: Session, entry_id: int) -> bool:
    query = select(exists().where(HourOffer.entry_id == entry_id, HourOffer.answer.is_(None)))
    return bool(session.scalar(query))
