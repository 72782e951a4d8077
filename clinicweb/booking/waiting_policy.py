"""Waiting for an hour: who may, which hour suits, to whom it is offered, until when.  Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from clinicweb.booking.policy import HourRules, PersonFacts, SlotFacts, may_book
from clinicweb.clinic.waiting_rules import Waiting
from clinicweb.core import clock
from clinicweb.core.decision import ALLOWED, Decision, refuse

NO_LIST = "wait.none"
TOO_MANY_WAITS = "wait.limit"
UNREACHABLE = "wait.unreachable"
OFFER_OVER = "offer.over"
NOTHING_LATER = "offer.nothing_later"
DOES_NOT_SUIT = "offer.other"
MAY_NOT_ACT = "offer.not_theirs"
ASKED_ALREADY = "offer.asked"
TOO_NEAR = "offer.near"

ANY, MORNING, AFTERNOON = "any", "morning", "afternoon"
_NOON = time(12)
# Whoever has less time than this to see a message and press a button is not asked.
LEAST_TIME = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What somebody waits for; ids are rows', None is any.

    ``before``: an instant, aware; only what begins earlier.
    """

    service_id: int
    first_day: date
    last_day: date
    part: str = ANY
    practitioner_id: int | None = None
    site_id: int | None = None
    modality: str | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour that was freed; ``day`` and ``wall_time`` as its site's calendar and clock show."""

    service_id: int
    practitioner_id: int
    site_id: int
    modality: str
    starts_at: datetime
    day: date
    wall_time: time


@dataclass(frozen=True, slots=True)
class WaitingFacts:
    """
    Who waits.

    ``keeping``: them as they would have the hour beside all that they have; ``changing``: in the
    place of a later one; None: there is none, or it can be changed no more.
    ``has_offer``: another hour is being offered to them; ``was_asked``: this one was already.
    """

    keeping: PersonFacts
    changing: PersonFacts | None = None
    may_act: bool = True
    is_reachable: bool = True
    has_offer: bool = False
    was_asked: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """How somebody may take an hour that they are offered."""

    keep: Decision
    change: Decision

    @property
    def any(self) -> Decision:
        """Allowed where one of both is; else why they cannot have it beside their others."""
        return self.change if self.change.allowed else self.keep


def may_wait(rules: Waiting, *, waits: int, is_reachable: bool) -> Decision:
    """
    Decide whether somebody with *waits* of their own may wait for one hour more.

    Returns: allowed, or refused with ``wait.none``, ``wait.unreachable`` or ``wait.limit``.
    """
    if not rules.most_per_person:
        return refuse(NO_LIST)
    if not is_reachable:
        return refuse(UNREACHABLE)
    return refuse(TOO_MANY_WAITS) if waits >= rules.most_per_person else ALLOWED


def suits(wish: Wish, hour: Hour) -> bool:
    """Whether *hour* is such as somebody waits for."""
    return (
        wish.service_id == hour.service_id
        and wish.practitioner_id in (None, hour.practitioner_id)
        and wish.site_id in (None, hour.site_id)
        and wish.modality in (None, hour.modality)
        and wish.first_day <= hour.day <= wish.last_day
        and wish.part in (ANY, part_of(hour.wall_time))
        and (wish.before is None or hour.starts_at < wish.before)
    )


def part_of(wall_time: time) -> str:
    return MORNING if wall_time < _NOON else AFTERNOON


def ways_to_take(rules: HourRules, slot: SlotFacts, person: WaitingFacts, *, now: datetime) -> Ways:
    """
    How somebody may have the hour: beside what they have, or in the place of a later one.

    The reasons are those of ``may_book``, and ``offer.not_theirs`` or ``offer.nothing_later``.
    """
    if not person.may_act:
        return Ways(refuse(MAY_NOT_ACT), refuse(MAY_NOT_ACT))
    keep = may_book(rules, slot, person.keeping, now=now)
    if person.changing is None:
        return Ways(keep, refuse(NOTHING_LATER))
    return Ways(keep, may_book(rules, slot, person.changing, now=now))


def may_be_offered(
    rules: HourRules, slot: SlotFacts, person: WaitingFacts, *, now: datetime
) -> Decision:
    """Decide whether the hour is offered to somebody whom it suits: they could take it now."""
    if person.was_asked or person.has_offer:
        return refuse(ASKED_ALREADY)
    if not person.is_reachable:
        return refuse(UNREACHABLE)
    return ways_to_take(rules, slot, person, now=now).any


def may_answer(ends_at: datetime, answer: str | None, *, now: datetime) -> Decision:
    """Whether an offer can still be taken or refused; at its end it no longer can."""
    return refuse(OFFER_OVER) if answer is not None or now >= ends_at else ALLOWED


def offer_end(
    offer: timedelta, book_notice: timedelta, starts_at: datetime, *, now: datetime
) -> datetime | None:
    """When an offer made now ends; None where too little time is left to ask anybody."""
    end = min(now + offer, starts_at - book_notice)
    return end if end - now >= min(offer, LEAST_TIME) else None


def quiet_until(rules: Waiting, zone: str, *, now: datetime) -> datetime | None:
    """When the quiet hours of *zone* end, in which *now* is; None outside of them."""
    there = clock.local(now, zone)
    if not _is_within(there.time(), rules.quiet_from, rules.quiet_to):
        return None
    is_past_end = there.time() >= rules.quiet_to
    day = there.date() + timedelta(days=1) if is_past_end else there.date()
    end = clock.instant_from(day, rules.quiet_to, zone)
    # Where clocks go back over that time it comes twice: the first of them is past by now.
    return end if end > now else now + LEAST_TIME


def _is_within(at: time, begin: time, end: time) -> bool:
    """From *begin* on until before *end*, perhaps over midnight; never where both are the same."""
    if begin <= end:
        return begin <= at < end
    return at >= begin or at < end
