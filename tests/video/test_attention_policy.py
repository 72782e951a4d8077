"""When a box is open, who is next, and what can have come of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clinicweb.clinic.video_rules import Video
from clinicweb.video.attention_policy import (
    ATTENDED,
    NOSHOW,
    PRESENT,
    UNATTENDED,
    RoomFacts,
    Waiting,
    is_present,
    may_admit,
    may_conclude,
    may_enter,
    place_in_line,
)

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HALF = timedelta(minutes=30)
RULES = Video()
FACTS = RoomFacts(
    starts_at=NOON, ends_at=NOON + HALF, is_virtual=True, is_cancelled=False, is_affected=False,
    has_come=False, outcome=None,
)  # fmt: skip


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("changed", "minutes", "reason"),
    [
        ({}, -31, "join.early"),
        ({}, -30, None),
        ({}, 29, None),
        ({}, 30, "join.over"),
        ({"has_come": True}, 59, None),
        ({"has_come": True}, 60, "join.over"),
        ({"is_virtual": False}, 0, "room.in_person"),
        ({"is_cancelled": True}, 0, "room.cancelled"),
        ({"is_affected": True}, 0, "room.affected"),
        ({"outcome": ATTENDED}, 0, "room.concluded"),
    ],
)
def test_a_box_opens_before_the_hour_and_who_came_may_stay(changed, minutes, reason):
    """S0-31."""
    assert may_enter(RULES, replace(FACTS, **changed), now=at(minutes)).reason == reason


def test_a_clinic_may_attend_by_other_ways():
    off = RULES.model_copy(update={"in_appointments": False})

    assert may_enter(off, FACTS, now=NOON).reason == "room.off"


@pytest.mark.parametrize(
    ("has_come", "minutes", "reason"),
    [(True, 0, None), (False, 0, "room.not_come"), (True, 60, "join.over")],
)
def test_who_came_in_time_can_be_called_in(has_come, minutes, reason):
    facts = replace(FACTS, has_come=has_come)

    assert may_admit(RULES, facts, now=at(minutes)).reason == reason


@pytest.mark.parametrize(
    ("outcome", "has_come", "minutes", "reason"),
    [
        (NOSHOW, False, 9, "outcome.awaited"),
        (NOSHOW, False, 10, None),
        (NOSHOW, True, 10, "outcome.came"),
        (ATTENDED, False, -31, "join.early"),
        (ATTENDED, False, 5, None),
        (UNATTENDED, False, 5, "room.not_come"),
        (UNATTENDED, True, 300, None),
    ],
)
def test_what_came_of_it_follows_from_who_was_there(outcome, has_come, minutes, reason):
    facts = replace(FACTS, has_come=has_come)

    assert may_conclude(RULES, facts, outcome, now=at(minutes)).reason == reason


@pytest.mark.parametrize(
    ("others", "now", "found"),
    [
        ([], 0, (0, 0)),
        # An earlier hour, and nobody has begun.
        ([Waiting(at(-30), HALF)], -10, (1, 20)),
        # Who is being attended takes what is left of their time; past it, a little.
        ([Waiting(at(-30), HALF, since=at(-20))], 0, (1, 10)),
        ([Waiting(at(-30), HALF, since=at(-60))], 0, (1, 5)),
        # In time for one's hour there is none to tell.
        ([Waiting(at(-60), HALF)], -30, (1, 0)),
        # A later hour is behind one, unless it was taken first.
        ([Waiting(at(30), HALF)], 0, (0, 0)),
        ([Waiting(at(30), HALF, since=at(0))], 0, (1, 30)),
    ],
)
def test_one_is_told_how_many_are_before_one_and_what_to_expect(others, now, found):
    place = place_in_line(NOON, others, now=at(now))

    assert (place.ahead, place.delay_minutes) == found


@pytest.mark.parametrize(
    ("seen", "left", "is_there"),
    [(PRESENT, None, True), (PRESENT * 2, None, False), (PRESENT, PRESENT, False)],
)
def test_somebody_is_there_while_their_page_says_so(seen, left, is_there):
    left_at = NOON - left if left else None

    assert is_present(NOON - seen, left_at, now=NOON) is is_there
    assert not is_present(None, None, now=NOON)
