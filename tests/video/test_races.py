"""Two or three people press at the same instant, on both databases: one call, one answer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from clinicweb.core.errors import NotAllowed
from clinicweb.video import policy
from clinicweb.video.actions import answer_call, hang_up, start_call
from clinicweb.video.admission_actions import admit
from tests.booking.conftest import clinic
from tests.cast import ANAS_APPOINTMENT, CLARAS_APPOINTMENT
from tests.chat.world import RULES, open_with
from tests.video.attending import RULES as VIDEO
from tests.video.attending import begins_in, change, come
from tests.video.calling import calls, status_of

__all__ = ["clinic"]


def at_once(*acts):
    """What each of *acts*, begun at the same instant, gave or why it was refused."""
    gate = Barrier(len(acts))

    def run(act):
        gate.wait()
        try:
            return act()
        except NotAllowed as refused:
            return refused.reason

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_pressing_twice_rings_once(diaz, talk):
    first, second = at_once(*[lambda: start_call(RULES, diaz, talk)] * 2)

    assert first == second
    assert calls() == [policy.RINGING]


def test_two_doctors_at_once_ring_once(ana, diaz, soto, talk):
    other = open_with(ana, "soto")

    found = at_once(lambda: start_call(RULES, diaz, talk), lambda: start_call(RULES, soto, other))

    assert policy.BUSY_OTHER in found
    assert calls() == [policy.RINGING]


def test_of_three_devices_the_first_answers(ana, diaz, talk):
    call = start_call(RULES, diaz, talk)

    found = at_once(*[lambda: answer_call(RULES, ana, call)] * 3)

    assert sorted(map(str, found)) == ["None", policy.IS_ANSWERED, policy.IS_ANSWERED]


def test_admitting_in_two_windows_is_one_call(ana, diaz):
    begins_in(10)
    come(ana)

    first, second = at_once(*[lambda: admit(VIDEO, diaz, ANAS_APPOINTMENT)] * 2)

    assert first == second
    assert calls() == [policy.RINGING]


def test_of_two_doctors_who_admit_one_person_one_is_told_that_they_are_called(ana, diaz, soto):
    begins_in(-25)
    change(CLARAS_APPOINTMENT, patient_id=ana.patient_id)
    begins_in(10, CLARAS_APPOINTMENT)
    for appointment in (ANAS_APPOINTMENT, CLARAS_APPOINTMENT):
        come(ana, appointment)

    found = at_once(
        lambda: admit(VIDEO, diaz, ANAS_APPOINTMENT), lambda: admit(VIDEO, soto, CLARAS_APPOINTMENT)
    )

    assert policy.BUSY_OTHER in found
    assert calls() == [policy.RINGING]


def test_accepting_and_cancelling_at_once_end_in_one_of_the_two(ana, diaz, talk):
    call = start_call(RULES, diaz, talk)

    answered, _ = at_once(lambda: answer_call(RULES, ana, call), lambda: hang_up(diaz, call))

    assert status_of(call) == {None: policy.ENDED}.get(answered, policy.CANCELLED)
    assert answered in {None, "call.cancelled"}
