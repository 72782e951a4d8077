"""Who may call whom, and what becomes of a call.  Pure: no I/O, no clock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinicweb.clinic.video_rules import Video
from clinicweb.core.decision import ALLOWED, Decision, refuse

# What a call is: it rings, it goes on, or how it ended.
RINGING, ANSWERED = "ringing", "answered"
ENDED, DECLINED, CANCELLED, MISSED = "ended", "declined", "cancelled", "missed"

OFF = "call.off"
NOT_CLINICIAN = "call.not_clinician"
NOT_WITH_PATIENT = "call.not_with_patient"
NOBODY_THERE = "call.nobody_there"
CONSULTATION_ENDED = "call.consultation_ended"
BUSY_SELF = "call.busy_self"
BUSY_OTHER = "call.busy_other"
NOT_CALLED = "call.not_called"
IS_ANSWERED = "call.is_answered"
IS_OVER = {
    ENDED: "call.ended",
    DECLINED: "call.declined",
    CANCELLED: "call.cancelled",
    MISSED: "call.missed",
}
ELSEWHERE = "call.elsewhere"


@dataclass(frozen=True, slots=True)
class Wish:
    """
    Somebody wants to call from a conversation.

    ``is_there``: the patient, or who acts for them, has an account that is open; ``busy``: who of
    the two is in another call, ``self`` and ``other``.
    """

    by_clinician: bool
    with_patient: bool
    is_there: bool
    has_ended: bool
    busy: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class CallFacts:
    """``deadline_at``: until when it rings, then until when it lasts; aware, UTC."""

    status: str
    by_caller: bool
    deadline_at: datetime


def may_start(rules: Video, wish: Wish) -> Decision:
    """Source: S2-2: with patients alone, and by who attends them."""
    if not rules.in_conversations:
        return refuse(OFF)
    if not wish.with_patient:
        return refuse(NOT_WITH_PATIENT)
    if not wish.by_clinician:
        return refuse(NOT_CLINICIAN)
    if wish.has_ended:
        return refuse(CONSULTATION_ENDED)
    if not wish.is_there:
        return refuse(NOBODY_THERE)
    return is_free(wish.busy)


def is_free(busy: Collection[str]) -> Decision:
    """*busy*: who of the two is in another call, ``self`` and ``other``."""
    if "self" in busy:
        return refuse(BUSY_SELF)
    return refuse(BUSY_OTHER) if "other" in busy else ALLOWED


def may_answer(call: CallFacts, *, now: datetime) -> Decision:
    """Until it stops ringing, that instant not included; the first who answers has it."""
    if call.by_caller:
        return refuse(NOT_CALLED)
    if call.status == ANSWERED:
        return refuse(IS_ANSWERED)
    status = became(call, now=now)
    return ALLOWED if status == RINGING else refuse(IS_OVER[status])


def became(call: CallFacts, *, now: datetime) -> str:
    """What the clock has made of it by *now*, whether or not anybody wrote it down."""
    if now < call.deadline_at:
        return call.status
    return {RINGING: MISSED, ANSWERED: ENDED}.get(call.status, call.status)


def hung_up(call: CallFacts) -> str:
    """What a live call becomes when one of the two puts it down."""
    if call.status == ANSWERED:
        return ENDED
    return CANCELLED if call.by_caller else DECLINED


def is_live(status: str) -> bool:
    return status in {RINGING, ANSWERED}


def lasted(answered_at: datetime | None, ended_at: datetime | None) -> int | None:
    """Seconds, of a call that was answered and is over."""
    if answered_at is None or ended_at is None:
        return None
    return round((ended_at - answered_at).total_seconds())


def seconds_left(deadline_at: datetime, *, now: datetime) -> int:
    """Whole seconds, never fewer than none."""
    return max(0, round((deadline_at - now).total_seconds()))


def notices(rules: Video) -> tuple[int, ...]:
    """S2-14: minutes before the end at which both are told, of those that the call has."""
    return tuple(minutes for minutes in (5, 1) if minutes < rules.max_minutes)


def lasts(rules: Video) -> timedelta:
    return timedelta(minutes=rules.max_minutes)


def rings(rules: Video) -> timedelta:
    return timedelta(seconds=rules.ring_seconds)


def may_sit(seat: str | None, asked: str, *, takes_over: bool) -> Decision:
    """A party is in a call by one page; another page of theirs has it by asking for it."""
    return ALLOWED if takes_over or seat in {None, asked} else refuse(ELSEWHERE)
