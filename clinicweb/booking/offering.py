"""
The worker's part of the waiting list: freed hours offered in order, silence passed on.

Whoever changes a freed hour, its offer or who holds it has the lock of its slot: several workers
share the work, each hour is one's, and what a killed one began has not happened.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.booking import offer_mail, offer_rows, quotas, waiting_policy
from clinicweb.booking.freed import asks_for, is_waiting, keep_for_waiting, let_go
from clinicweb.booking.holds import is_for_waiting
from clinicweb.booking.hour_rows import overlaps, try_lock_hour
from clinicweb.booking.models import FREE, Slot
from clinicweb.booking.offer_mail import Told
from clinicweb.booking.policy import hour_rules
from clinicweb.booking.waiting_models import LAPSED, FreedHour, HourOffer, WaitingEntry
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import reading, transaction
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import SystemActor

_WORKER = SystemActor("waiting-list")
_BATCH = 20
# So many who cannot have an hour are asked about at a time: then it is free for all.
_MOST_CANDIDATES = 100
# Kept on after an offer's end, for the worker to pass it on.
_PASSING_ON = timedelta(seconds=30)
_SOON = timedelta(seconds=2)


def offer_freed(rules: ClinicRules, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Look at each freed hour whose time has come.  Returns: how many were."""
    looked_at = 0
    while not is_stopping():
        done = [_look_at(rules, slot_id) for slot_id in _due() if not is_stopping()]
        looked_at += sum(done)
        if not any(done):
            break
    return looked_at


def _due() -> list[int]:
    query = (
        select(FreedHour.slot_id)
        .where(FreedHour.look_at <= clock.now())
        .order_by(FreedHour.look_at, FreedHour.slot_id)
        .limit(_BATCH)
    )
    with reading() as session:
        return list(session.scalars(query))


def _look_at(rules: ClinicRules, slot_id: int) -> bool:
    """False where another worker, or who just takes the hour, was there first."""
    with transaction(_WORKER) as session:
        slot = try_lock_hour(session, slot_id)
        freed = session.get(FreedHour, slot_id, populate_existing=True) if slot else None
        if slot is None or freed is None or freed.look_at > clock.now():
            return False
        _Looking(session, rules, slot, freed).look()
        return True


class _Looking:
    """One freed hour under its lock: it is offered, left for later, or anybody's."""

    def __init__(self, session: Session, rules: ClinicRules, slot: Slot, freed: FreedHour) -> None:
        self.session, self.rules = session, rules
        self.slot, self.freed = slot, freed
        self.now = clock.now()

    def look(self) -> None:
        self._pass_on()
        end = self._offer_end()
        if self.slot.status != FREE or end is None:
            self._let_go()
        elif (later := self._not_before()) is not None:
            self._postpone(later)
        elif (found := next(self._candidates(), None)) is None:
            self._let_go()
        else:
            self._offer(*found, end)

    def _pass_on(self) -> None:
        """Silence is an answer too."""
        offer = offer_rows.open_offer_of_slot(self.session, self.slot.id)
        if offer is not None:
            offer.answer, offer.answered_at = LAPSED, self.now
            quotas.give_back_hour(self.session, self.slot)
            self._note("offer.lapse", offer.entry)
            self.session.flush()

    def _offer_end(self) -> datetime | None:
        waiting, booking = self.rules.waiting, self.rules.booking
        starts_at = self.slot.starts_at
        return waiting_policy.offer_end(waiting.offer, booking.book_notice, starts_at, now=self.now)

    def _not_before(self) -> datetime | None:
        """When to look again at an hour that cannot be offered now, but perhaps later."""
        slot = self.slot
        is_kept = slot.held_until is not None and slot.held_until > self.now
        if is_kept and not is_for_waiting(slot.held_by_draft_id):
            return slot.held_until  # somebody is choosing it
        of_slots = select(Slot.id).where(overlaps(slot))
        of_another = select(func.max(HourOffer.ends_at)).where(
            HourOffer.answer.is_(None), HourOffer.slot_id.in_(of_slots)
        )
        busy = self.session.scalar(of_another)
        if busy is not None:  # of both only one can be had, and that is offered to somebody
            return max(busy, self.now) + _SOON
        promised = self._promised_until()
        if promised is not None:
            return max(promised, self.now) + _SOON
        zone = self.rules.identity.timezone
        morning = waiting_policy.quiet_until(self.rules.waiting, zone, now=self.now)
        if morning is not None:  # meanwhile it is anybody's: no hour is kept a whole night
            let_go(self.session, slot)
        return morning

    def _promised_until(self) -> datetime | None:
        """Where what the web may give is used up, but only because some of it is offered."""
        web_left = quotas.left(self.session, self.slot)
        if web_left is None or web_left > 0:
            return None
        return quotas.offered_until(self.session, self.slot)

    def _candidates(self) -> Iterator[tuple[WaitingEntry, list[Told]]]:
        """Those who can have it, in the order of waiting."""
        hour, numbers = offer_rows.hour_of(self.slot), hour_rules(self.rules.booking)
        facts = offer_rows.slot_facts(self.session, self.slot)
        for entry in self.session.scalars(self._waiting()).all():
            if not waiting_policy.suits(offer_rows.wish_of(entry), hour):
                continue
            found = offer_rows.candidate_of(self.session, self.rules, entry, self.slot)
            told = offer_rows.readers_of(self.session, self.rules, found)
            person = replace(found.facts, is_reachable=bool(told))
            decision = waiting_policy.may_be_offered(numbers, facts, person, now=self.now)
            if decision.allowed and self._can_be_asked(entry):
                yield entry, told

    def _waiting(self) -> Select[WaitingEntry]:
        """Nobody is asked twice about one hour, nor about two at a time."""
        of_entry = HourOffer.entry_id == WaitingEntry.id
        was_asked = exists().where(of_entry, HourOffer.slot_id == self.slot.id)
        has_offer = exists().where(of_entry, HourOffer.answer.is_(None))
        return (
            select(WaitingEntry)
            .where(is_waiting(self.now), *asks_for(self.slot), ~was_asked, ~has_offer)
            .order_by(WaitingEntry.id)
            .limit(_MOST_CANDIDATES)
        )

    def _can_be_asked(self, entry: WaitingEntry) -> bool:
        """Locked: whom another worker just offers an hour, or who leaves, is passed over."""
        lock = self._waiting().where(WaitingEntry.id == entry.id)
        return self.session.scalar(lock.with_for_update(skip_locked=True)) is not None

    def _offer(self, entry: WaitingEntry, told: Sequence[Told], end: datetime) -> None:
        if not quotas.take(self.session, self.slot):  # another worker offered the last just now
            self._postpone(self.now + _SOON)
            return
        offer = HourOffer(
            public_id=new_public_id(),
            slot=self.slot,
            entry=entry,
            offered_at=self.now,
            ends_at=end,
        )
        self.session.add(offer)
        keep_for_waiting(self.session, self.slot, end + _PASSING_ON, offer.public_id)
        self.freed.look_at = end
        self._note("offer.make", entry)
        for reader in told:
            offer_mail.tell_offer(self.session, self.rules, offer, reader)

    def _postpone(self, until: datetime) -> None:
        self.freed.look_at = until
        self._note("offer.postpone", None)

    def _let_go(self) -> None:
        let_go(self.session, self.slot)
        self.session.delete(self.freed)
        self._note("offer.end", None)

    def _note(self, action: str, entry: WaitingEntry | None) -> None:
        audit.record(
            self.session,
            action,
            record_type="slot",
            record_id=self.slot.id,
            patient_id=entry.patient_id if entry else None,
            detail={"starts_at": self.slot.starts_at.isoformat()},
        )
