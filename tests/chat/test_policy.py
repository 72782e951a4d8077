"""Who may write to whom, and change what: each rule as a table."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from clinicweb.chat import policy
from clinicweb.chat.policy import ConversationFacts, MessageFacts, Opening
from clinicweb.clinic.chat_rules import Chat

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
RULES = Chat(is_on=True, edit_minutes=15, reopen_days=30)


def opening(*, by_clinician=False, with_patient=True, has_appointment=True, is_reachable=True):
    return Opening(by_clinician, with_patient, has_appointment, is_reachable)


def conversation(*, with_patient=True, by_clinician=True, ended_at=None, others=1):
    return ConversationFacts(with_patient, by_clinician, ended_at, others)


@pytest.mark.parametrize(
    ("opens", "by_clinician", "has_appointment", "reason"),
    [
        ("always", False, False, None),
        ("always", True, False, None),
        ("appointment", False, True, None),
        ("appointment", False, False, policy.NO_APPOINTMENT),
        ("appointment", True, True, None),
        ("appointment", True, False, policy.NO_APPOINTMENT),
        ("clinician", False, True, policy.CLINICIAN_OPENS),
        ("clinician", False, False, policy.CLINICIAN_OPENS),
        ("clinician", True, True, None),
        ("clinician", True, False, None),
    ],
)
def test_a_clinic_says_who_may_begin(opens, by_clinician, has_appointment, reason):
    rules = RULES.model_copy(update={"opens": opens})
    wanted = opening(by_clinician=by_clinician, has_appointment=has_appointment)

    assert policy.may_open(rules, wanted).reason == reason


@pytest.mark.parametrize("opens", ["always", "appointment", "clinician"])
def test_colleagues_write_to_each_other_whatever_the_rule(opens):
    rules = RULES.model_copy(update={"opens": opens})
    wanted = opening(by_clinician=True, with_patient=False, has_appointment=False)

    assert policy.may_open(rules, wanted).allowed


@pytest.mark.parametrize(("by_clinician", "with_patient"), list(product([True, False], repeat=2)))
def test_nobody_begins_where_there_are_none_or_nobody_would_read_it(by_clinician, with_patient):
    people = {"by_clinician": by_clinician, "with_patient": with_patient}

    off = policy.may_open(Chat(is_on=False), opening(**people))
    alone = policy.may_open(RULES, opening(**people, is_reachable=False))

    assert (off.reason, alone.reason) == (policy.OFF, policy.NOBODY_THERE)


@pytest.mark.parametrize(
    ("is_on", "ended_at", "others", "reason"),
    [
        (True, None, 1, None),
        (True, None, 5, None),
        (True, None, 0, policy.NOBODY_THERE),
        (True, NOON, 1, policy.HAS_ENDED),
        (False, None, 1, policy.OFF),
    ],
)
def test_one_writes_to_who_is_there_until_the_end(is_on, ended_at, others, reason):
    rules = RULES.model_copy(update={"is_on": is_on})

    decision = policy.may_post(rules, conversation(ended_at=ended_at, others=others))

    assert decision.reason == reason


@pytest.mark.parametrize(
    ("message", "after", "ended_at", "reason"),
    [
        ({}, timedelta(minutes=15), None, None),
        ({}, timedelta(minutes=15, microseconds=1), None, policy.TOO_LATE),
        ({"is_own": False}, timedelta(), None, policy.NOT_OWN),
        ({"is_text": False}, timedelta(), None, policy.NOT_OWN),
        ({"is_deleted": True}, timedelta(), None, policy.NOT_OWN),
        ({}, timedelta(), NOON, policy.HAS_ENDED),
    ],
)
def test_ones_own_message_can_be_changed_for_some_minutes(message, after, ended_at, reason):
    facts = MessageFacts(**{"is_own": True, "is_text": True, "is_deleted": False} | message,
                         sent_at=NOON)  # fmt: skip

    decision = policy.may_change(RULES, conversation(ended_at=ended_at), facts, now=NOON + after)

    assert decision.reason == reason


@pytest.mark.parametrize("rule", [policy.may_end, policy.may_transfer])
@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, None),
        ({"by_clinician": False}, policy.NOT_CLINICIAN),
        ({"with_patient": False}, policy.NOT_WITH_PATIENT),
        ({"ended_at": NOON}, policy.HAS_ENDED),
    ],
)
def test_a_clinician_ends_or_hands_on_a_consultation_that_is_open(rule, facts, reason):
    assert rule(conversation(**facts)).reason == reason


@pytest.mark.parametrize(
    ("reopens", "by_clinician", "days", "reason"),
    [
        ("anybody", False, 30, None),
        ("anybody", True, 30, None),
        ("anybody", True, 31, policy.REOPEN_LATE),
        ("clinician", True, 30, None),
        ("clinician", False, 0, policy.NOT_CLINICIAN),
        ("nobody", True, 0, policy.NOT_CLINICIAN),
        ("nobody", False, 0, policy.NOT_CLINICIAN),
    ],
)
def test_a_clinic_says_who_goes_on_with_what_was_ended(reopens, by_clinician, days, reason):
    rules = RULES.model_copy(update={"reopens": reopens})
    facts = conversation(by_clinician=by_clinician, ended_at=NOON)

    assert policy.may_reopen(rules, facts, now=NOON + timedelta(days=days)).reason == reason


def test_what_is_open_cannot_be_reopened():
    assert policy.may_reopen(RULES, conversation(), now=NOON).reason == policy.NOT_ENDED


@pytest.mark.parametrize("with_patient", [True, False])
def test_only_colleagues_come_and_go(with_patient):
    decision = policy.may_change_group(conversation(with_patient=with_patient))

    assert decision.allowed is not with_patient
