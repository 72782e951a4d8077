"""Who may call, and what the clock makes of a call: pure."""

from datetime import UTC, datetime, timedelta

import pytest

from clinicweb.clinic.video_rules import Video
from clinicweb.video import policy
from clinicweb.video.policy import CallFacts, Wish

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WISH = {"by_clinician": True, "with_patient": True, "is_there": True, "has_ended": False}


def call(status=policy.RINGING, *, by_caller=False):
    return CallFacts(status, by_caller, NOON)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"with_patient": False}, policy.NOT_WITH_PATIENT),
        ({"by_clinician": False}, policy.NOT_CLINICIAN),
        ({"has_ended": True}, policy.CONSULTATION_ENDED),
        ({"is_there": False}, policy.NOBODY_THERE),
        ({"busy": ("self",)}, policy.BUSY_SELF),
        ({"busy": ("other",)}, policy.BUSY_OTHER),
    ],
)
def test_clinicians_call_patients_who_are_there_and_free(change, reason):
    assert policy.may_start(Video(), Wish(**WISH | change)).reason == reason


def test_a_clinic_without_calls_has_none():
    rules = Video(in_conversations=False)

    assert policy.may_start(rules, Wish(**WISH)).reason == policy.OFF


@pytest.mark.parametrize(
    ("status", "at", "reason"),
    [
        (policy.RINGING, NOON - SECOND, None),
        (policy.RINGING, NOON, "call.missed"),
        (policy.ANSWERED, NOON - SECOND, policy.IS_ANSWERED),
        (policy.CANCELLED, NOON - SECOND, "call.cancelled"),
        (policy.DECLINED, NOON - SECOND, "call.declined"),
        (policy.ENDED, NOON - SECOND, "call.ended"),
    ],
)
def test_a_call_is_answered_while_it_rings(status, at, reason):
    assert policy.may_answer(call(status), now=at).reason == reason


def test_nobody_answers_their_own_call():
    own = call(by_caller=True)

    assert policy.may_answer(own, now=NOON - SECOND).reason == policy.NOT_CALLED


@pytest.mark.parametrize(
    ("status", "at", "became"),
    [
        (policy.RINGING, NOON - SECOND, policy.RINGING),
        (policy.RINGING, NOON, policy.MISSED),
        (policy.ANSWERED, NOON - SECOND, policy.ANSWERED),
        (policy.ANSWERED, NOON, policy.ENDED),
        (policy.DECLINED, NOON, policy.DECLINED),
    ],
)
def test_the_clock_ends_what_rang_or_lasted_long_enough(status, at, became):
    assert policy.became(call(status), now=at) == became


@pytest.mark.parametrize(
    ("status", "by_caller", "became"),
    [
        (policy.RINGING, True, policy.CANCELLED),
        (policy.RINGING, False, policy.DECLINED),
        (policy.ANSWERED, True, policy.ENDED),
        (policy.ANSWERED, False, policy.ENDED),
    ],
)
def test_what_putting_it_down_means_depends_on_who_and_when(status, by_caller, became):
    assert policy.hung_up(call(status, by_caller=by_caller)) == became


@pytest.mark.parametrize(
    ("minutes", "notices"), [(30, (5, 1)), (6, (5, 1)), (5, (1,)), (2, (1,)), (1, ())]
)
def test_notices_come_at_five_and_one_minutes_of_calls_that_are_longer(minutes, notices):
    assert policy.notices(Video(max_minutes=minutes)) == notices


@pytest.mark.parametrize(
    ("seat", "takes_over", "allowed"),
    [(None, False, True), ("mine", False, True), ("other", False, False), ("other", True, True)],
)
def test_another_page_has_the_seat_by_asking_for_it(seat, takes_over, allowed):
    assert policy.may_sit(seat, "mine", takes_over=takes_over).allowed is allowed
