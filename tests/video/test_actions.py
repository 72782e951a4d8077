"""Calls between a doctor and a patient."""

from datetime import timedelta

import pytest

from clinicweb.chat.actions import EndConsultation, end_consultation
from clinicweb.core import clock
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.video import policy
from clinicweb.video.actions import (
    DeclineCall,
    answer_call,
    decline_call,
    end_overdue,
    hang_up,
    start_call,
)
from clinicweb.video.lines import missed
from tests.chat.world import RULES, open_with
from tests.video.calling import LASTS, RINGS, calls, journal, status_of, told

MINUTE = timedelta(minutes=1)


def later(seconds):
    return clock.frozen(clock.now() + timedelta(seconds=seconds))


def reason_of(act, *args):
    with pytest.raises(NotAllowed) as refused:
        act(*args)
    return refused.value.reason


def test_other_processes_learn_from_the_database_what_a_call_has_become(ana, diaz, talk):
    """Each state once, however often it is looked for: the hub knows them by their ids."""
    before = clock.now()
    call = start_call(RULES, diaz, talk)
    states = [missed(before - MINUTE)]
    answer_call(RULES, ana, call)
    states.append(missed(before - MINUTE))
    hang_up(ana, call)
    states.append(missed(before - MINUTE))

    assert [[event.ids["status"] for event in state] for state in states] == [
        [status] * 2 for status in (policy.RINGING, policy.ANSWERED, policy.ENDED)
    ]
    assert {event.to for event in states[0]} == {frozenset({ana.account_id, diaz.account_id})}
    assert missed(before + MINUTE) == ()


def test_a_call_leaves_who_when_how_long_and_how_it_ended(ana, diaz, talk):
    with clock.frozen(clock.now()):
        call = start_call(RULES, diaz, talk)
        answer_call(RULES, ana, call)
    with later(125):
        hang_up(ana, call)

    assert status_of(call) == policy.ENDED
    assert journal(call) == [("call.start", "Diaz"), ("call.answer", "Ana"), ("call.end", "Ana")]
    [rang, ended] = told(talk)
    assert rang == ("call.ringing", {"name": "Dr. Pablo Díaz", "call_id": call})
    assert ended[0] == "call.ended"
    assert int(ended[1]["seconds"]) in {125, 126}


def test_the_doctor_reads_why_it_was_declined(ana, diaz, talk):
    call = start_call(RULES, diaz, talk)
    decline_call(DeclineCall(ana, call, "Estoy en\nel trabajo"))

    assert status_of(call) == policy.DECLINED
    assert told(talk)[-1][1]["reason"] == "Estoy en el trabajo"
    assert reason_of(answer_call, RULES, ana, call) == "call.declined"


def test_a_new_one_may_follow_at_once(ana, diaz, talk):
    for _ in range(2):
        call = start_call(RULES, diaz, talk)
        answer_call(RULES, ana, call)
        hang_up(diaz, call)

    assert calls() == [policy.ENDED, policy.ENDED]


def test_what_nobody_answers_is_missed(ana, diaz, talk):
    call = start_call(RULES, diaz, talk)
    with later(RINGS - 1):
        assert end_overdue() == 0
    with later(RINGS + 1):
        assert end_overdue() == 1

    assert status_of(call) == policy.MISSED
    assert told(talk)[-1] == ("call.missed", {"name": "Ana Núñez"})
    assert journal(call)[-1] == ("call.miss", "system")


def test_the_limit_cuts_and_says_so(ana, diaz, talk):
    call = start_call(RULES, diaz, talk)
    answer_call(RULES, ana, call)
    with later(LASTS - 2):
        assert end_overdue() == 0
    with later(LASTS + 1):
        assert end_overdue() == 1
        assert end_overdue() == 0

    assert status_of(call) == policy.ENDED
    assert told(talk)[-1][1]["cut"] == "limit"


def test_what_was_cancelled_is_not_accepted(ana, diaz, talk):
    call = start_call(RULES, diaz, talk)
    hang_up(diaz, call)
    hang_up(diaz, call)

    assert reason_of(answer_call, RULES, ana, call) == "call.cancelled"
    assert [kind for kind, _ in told(talk)] == ["call.ringing", "call.cancelled"]


def test_a_stranger_neither_answers_nor_ends_it(clara, soto, diaz, talk):
    call = start_call(RULES, diaz, talk)

    for stranger in (clara, soto):
        for act in (lambda who: answer_call(RULES, who, call), lambda who: hang_up(who, call)):
            with pytest.raises(NotFound):
                act(stranger)
    with pytest.raises(NotFound):
        decline_call(DeclineCall(clara, call))
    assert status_of(call) == policy.RINGING


def test_patients_and_ended_consultations_start_none(ana, diaz, soto, talk):
    assert reason_of(start_call, RULES, ana, talk) == policy.NOT_CLINICIAN
    colleagues = open_with(diaz, "soto")
    assert reason_of(start_call, RULES, soto, colleagues) == policy.NOT_WITH_PATIENT
    end_consultation(RULES, EndConsultation(diaz, talk))
    assert reason_of(start_call, RULES, diaz, talk) == policy.CONSULTATION_ENDED
