"""
The box of an appointment by video: who may enter it when, who is next, what came of it.

Pure: no I/O, no clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from clinicweb.booking.policy import JOIN_EARLY, JOIN_OVER, JoinFacts, may_join
from clinicweb.clinic.video_rules import Video
from clinicweb.core.decision import ALLOWED, Decision, refuse

OFF = "room.off"
IN_PERSON = "room.in_person"
CANCELLED = "room.cancelled"
AFFECTED = "room.affected"
CONCLUDED = "room.concluded"
EARLY, OVER = JOIN_EARLY, JOIN_OVER
NOT_COME = "room.not_come"
# They have not consented yet, or not said who they are.
NOT_READY = "room.not_ready"

# What came of it, as the doctor says.
ATTENDED, NOSHOW, UNATTENDED = "attended", "noshow", "unattended"
OUTCOMES = (ATTENDED, NOSHOW, UNATTENDED)
CAME = "outcome.came"
STILL_AWAITED = "outcome.awaited"

# A page says every half minute that it is there; one round may get lost.
PRESENT = timedelta(seconds=95)
# What is expected is said in steps: nobody knows it to the minute.
_STEP_MINUTES = 5


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """
    An appointment as its box finds it; instants are aware, UTC.

    ``is_live``: neither cancelled nor done with.  ``has_come``: somebody said that they are there.
    """

    starts_at: datetime
    ends_at: datetime
    is_virtual: bool
    is_cancelled: bool
    is_affected: bool
    has_come: bool
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who is there for the same doctor; *since*: when their call began, if it did."""

    starts_at: datetime
    lasts: timedelta
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """*ahead*: how many are before one; *delay_minutes*: expected beyond one's hour."""

    ahead: int
    delay_minutes: int


def may_enter(rules: Video, room: RoomFacts, *, now: datetime) -> Decision:
    """
    Whether the person may be in the box: from some minutes before until the end.

    Who came in time may stay for ``late_minutes`` more: others may have taken longer.

    Returns: allowed, or refused for the first reason that holds.

    Source: S0-31.
    """
    why_not = _never(rules, room)
    if why_not:
        return refuse(why_not)
    closes_at = room.ends_at + (rules.late if room.has_come else timedelta())
    facts = JoinFacts(room.starts_at, closes_at, is_live=room.outcome is None)
    decision = may_join(rules.opens_before, facts, now=now)
    return refuse(CONCLUDED) if room.outcome else decision


def _never(rules: Video, room: RoomFacts) -> str | None:
    if room.is_cancelled:
        return CANCELLED
    if not room.is_virtual:
        return IN_PERSON
    if not rules.in_appointments:
        return OFF
    return AFFECTED if room.is_affected else None


def may_admit(rules: Video, room: RoomFacts, *, now: datetime) -> Decision:
    """Whether the doctor may call the person in, where neither is in another call."""
    decision = may_enter(rules, room, now=now)
    if decision.allowed and not room.has_come:
        return refuse(NOT_COME)
    return decision


def may_conclude(rules: Video, room: RoomFacts, outcome: str, *, now: datetime) -> Decision:
    """
    Whether *outcome* can be what came of it.

    A no-show is who did not come though the hour had begun; who came can only have been attended,
    or not.  What was said may be corrected.
    """
    why_not = _never(rules, room)
    if why_not:
        return refuse(why_not)
    if now < room.starts_at - rules.opens_before:
        return refuse(EARLY)
    if outcome == NOSHOW:
        return _may_be_noshow(rules, room, now)
    is_missing = outcome == UNATTENDED and not room.has_come
    return refuse(NOT_COME) if is_missing else ALLOWED


def _may_be_noshow(rules: Video, room: RoomFacts, now: datetime) -> Decision:
    if room.has_come:
        return refuse(CAME)
    is_early = now < room.starts_at + timedelta(minutes=rules.noshow_minutes)
    return refuse(STILL_AWAITED) if is_early else ALLOWED


def is_present(seen_at: datetime | None, left_at: datetime | None, *, now: datetime) -> bool:
    """Whether the person's page was there a moment ago, and they did not say that they go."""
    return left_at is None and seen_at is not None and now - seen_at <= PRESENT


def place_in_line(starts_at: datetime, others: Iterable[Waiting], *, now: datetime) -> Place:
    """
    Where somebody stands whose hour is at *starts_at*.

    Args:
        others: who is there for the same doctor; before one are those with an earlier hour, and
            who is being attended now.
    """
    ahead = [one for one in others if one.since is not None or one.starts_at < starts_at]
    free_at = now + sum((_takes(one, now) for one in ahead), timedelta())
    minutes = max(timedelta(), free_at - starts_at) / timedelta(minutes=1)
    return Place(len(ahead), ceil(minutes / _STEP_MINUTES) * _STEP_MINUTES)


def _takes(one: Waiting, now: datetime) -> timedelta:
    left = one.lasts if one.since is None else one.since + one.lasts - now
    return max(timedelta(minutes=1), left)
