"""
Booking rules: may this person take or release this hour, and what comes of releasing it?

Pure: no I/O, no clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from clinicweb.clinic.booking_rules import Booking, MoveCounts
from clinicweb.core.decision import ALLOWED, Decision, refuse

SLOT_TAKEN = "slot.taken"
SLOT_OFFERED = "slot.offered"
ONE_OF_SEVERAL = "slot.one_of_several"
PATIENT_BUSY = "book.patient_busy"
TOO_LATE_TO_BOOK = "book.late"
WEB_QUOTA_TAKEN = "book.quota"
TOO_MANY_AHEAD = "book.limit"
BARRED = "book.barred"
LATE_RELEASE = "release.late"
RELEASE_NOT_ACTIVE = "release.not_active"
CONSEQUENCE_CHANGED = "release.consequence"
LATE_MOVE = "move.late"
MOVE_NOT_ACTIVE = "move.not_active"
NOT_MOVED_ON_THE_WEB = "move.not_on_web"
MOVED_MEANWHILE = "move.changed"
MOVE_COST_CHANGED = "move.consequence"
JOIN_EARLY = "join.early"
JOIN_OVER = "join.over"
CHANGE_ENDED = "change.ended"

# Why somebody may not book on the web for a while.
LATE_CANCELLATION = "late"
REPEATED_CANCELLATION = "repeated"
LATE_CHANGE = "moved_late"


@dataclass(frozen=True, slots=True)
class HourRules:
    """
    The clinic's numbers for one hour.

    ``book_notice``, ``release_notice`` and ``move_notice``: the least for taking it, for giving
    it back and for changing it for another.
    ``most_ahead``: coming hours that one person may have of one service; 0: any number.
    """

    book_notice: timedelta
    release_notice: timedelta
    most_ahead: int = 0
    move_notice: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class SanctionRules:
    """See ``clinic.sanction_rules``."""

    days: int
    late: timedelta
    most_cancellations: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """
    A slot as *this* draft sees it; instants are aware, UTC.

    ``web_left``: how many hours of its doctor, service and day the web may still take; None:
    there is no quota.  ``is_offered``: held for who waited for such an hour.
    """

    starts_at: datetime
    is_free: bool
    held_by_other_until: datetime | None
    web_left: int | None = None
    is_offered: bool = False


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """
    Who would have the hour: *is_busy* at that time, with *ahead* coming hours of its service;
    *is_barred*: the account that books may not for now.
    """

    is_busy: bool = False
    ahead: int = 0
    is_barred: bool = False


@dataclass(frozen=True, slots=True)
class AppointmentFacts:
    """
    *starts_at* is aware, UTC; *is_active*: booked, and not yet over or cancelled.

    ``is_affected``: the clinic changed its agenda and cannot attend it.  ``is_on_web``: of a
    service that patients book by themselves.
    """

    starts_at: datetime
    is_active: bool
    is_affected: bool = False
    is_on_web: bool = True


@dataclass(frozen=True, slots=True)
class JoinFacts:
    """An attention by video; instants are aware, UTC; *is_live*: not cancelled or done with."""

    starts_at: datetime
    ends_at: datetime
    is_live: bool


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a cancellation costs: no booking on the web before the day *until*."""

    reason: str
    until: date

    @property
    def code(self) -> str:
        """What a form sends back, so that exactly what was shown is what happens."""
        return f"{self.reason}/{self.until.isoformat()}"


def hour_rules(rules: Booking) -> HourRules:
    return HourRules(
        rules.book_notice, rules.release_notice, rules.max_ahead_per_service, rules.move_notice
    )


def sanction_rules(rules: Booking) -> SanctionRules:
    found = rules.sanctions
    return SanctionRules(found.days, found.late, found.most_cancellations, found.window)


def may_book(rules: HourRules, slot: SlotFacts, person: PersonFacts, *, now: datetime) -> Decision:
    """
    Decide whether a person can have this slot.

    Returns: allowed, or refused with ``book.barred``, ``slot.taken`` (``slot.offered`` while
    somebody who waited has the first word), ``book.late``, ``book.quota``,
    ``book.patient_busy`` or ``book.limit``, the first of them that holds.

    Source: S3-38, S3-84.
    """
    if person.is_barred:
        return refuse(BARRED)
    of_slot = _slot_can_be_had(rules, slot, now)
    if not of_slot.allowed:
        return of_slot
    if person.is_busy:
        return refuse(PATIENT_BUSY)
    return may_have_more(rules, person.ahead)


def _slot_can_be_had(rules: HourRules, slot: SlotFacts, now: datetime) -> Decision:
    if not slot.is_free:
        return refuse(SLOT_TAKEN)
    if slot.held_by_other_until is not None and slot.held_by_other_until > now:
        return refuse(SLOT_OFFERED if slot.is_offered else SLOT_TAKEN)
    if slot.starts_at <= now or slot.starts_at - now < rules.book_notice:
        return refuse(TOO_LATE_TO_BOOK)
    if slot.web_left is not None and slot.web_left <= 0:
        return refuse(WEB_QUOTA_TAKEN)
    return ALLOWED


def may_have_more(rules: HourRules, ahead: int) -> Decision:
    """Whether who has *ahead* coming hours of a service may have another; or ``book.limit``."""
    is_full = rules.most_ahead and ahead >= rules.most_ahead
    return refuse(TOO_MANY_AHEAD) if is_full else ALLOWED


def may_release(rules: HourRules, appointment: AppointmentFacts, *, now: datetime) -> Decision:
    """
    Decide whether *appointment* can still be released; exactly the notice is enough.

    Returns: allowed, or refused with ``release.late`` or ``release.not_active``.

    Source: S0-30, S3-36.
    """
    if not appointment.is_active:
        return refuse(RELEASE_NOT_ACTIVE)
    if appointment.starts_at <= now or appointment.starts_at - now < rules.release_notice:
        return refuse(LATE_RELEASE)
    return ALLOWED


def may_move(rules: HourRules, appointment: AppointmentFacts, *, now: datetime) -> Decision:
    """
    Decide whether *appointment* can still be changed for another hour; the notice is enough.

    One that the clinic cannot attend can be changed until it is over: the delay is not the
    person's.

    Returns: allowed, or refused with ``move.not_active``, ``move.not_on_web`` or ``move.late``.
    """
    if not appointment.is_active:
        return refuse(MOVE_NOT_ACTIVE)
    if not appointment.is_on_web:
        return refuse(NOT_MOVED_ON_THE_WEB)
    if appointment.is_affected:
        return ALLOWED
    if appointment.starts_at <= now or appointment.starts_at - now < rules.move_notice:
        return refuse(LATE_MOVE)
    return ALLOWED


def consequence_of_move(counts: MoveCounts, of_release: Consequence | None) -> Consequence | None:
    """What it costs to change an hour for another, where giving it back costs *of_release*."""
    if of_release is None or counts == "never":
        return None
    if of_release.reason == LATE_CANCELLATION:
        return replace(of_release, reason=LATE_CHANGE)
    return of_release if counts == "always" else None


def is_counted(counts: MoveCounts, cost: Consequence | None) -> bool:
    """Whether changing an hour that costs *cost* is a cancellation among the others."""
    return counts == "always" or cost is not None


def may_join(opens_before: timedelta, attention: JoinFacts, *, now: datetime) -> Decision:
    """
    Decide whether the person may enter the room: from *opens_before* the start until the end.

    Returns: allowed, or refused with ``join.over`` or ``join.early``.

    Source: S0-31.
    """
    if not attention.is_live or now >= attention.ends_at:
        return refuse(JOIN_OVER)
    if now < attention.starts_at - opens_before:
        return refuse(JOIN_EARLY)
    return ALLOWED


def consequence_of_release(
    rules: SanctionRules,
    starts_at: datetime,
    earlier: Iterable[datetime],
    *,
    now: datetime,
    today: date,
) -> Consequence | None:
    """
    What it costs to give back, now, an hour that begins at *starts_at*; None: nothing.

    Args:
        earlier: when the same account gave others back; the clinic's own cancellations are
            not among them.
        today: the clinic's local day.  A sanction is counted in whole days, so that it ends at
            a day's beginning whatever the clocks do meanwhile.

    Source: S3-38.  The week is the one that ends now: a cancellation as old as the window, to
    the second, no longer counts.
    """
    if not rules.days:
        return None
    until = today + timedelta(days=rules.days)
    if rules.late and starts_at - now <= rules.late:
        return Consequence(LATE_CANCELLATION, until)
    recent = sum(1 for instant in earlier if now - instant < rules.window)
    if rules.most_cancellations and recent + 1 >= rules.most_cancellations:
        return Consequence(REPEATED_CANCELLATION, until)
    return None


def agrees(found: Consequence | None, shown: str) -> bool:
    """Whether *shown*, the code that a person read and confirmed, says what would happen."""
    return found is None or found.code == shown


def is_in_force(until: date, *, today: date) -> bool:
    """Whether a sanction still holds; on the day *until* one may book again."""
    return today < until
