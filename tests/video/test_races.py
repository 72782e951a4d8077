"""Two or three people press at the same instant, on both databases: one call, one answer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from clinicweb.core.errors import NotAllowed
from clinicweb.video import policy
from clinicweb.video.actions import answer_call, hang_up, start_call
from tests.booking.conftest import clinic
from tests.chat.world import RULES, open_with
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


def test_accepting_and_cancelling_at_once_end_in_one_of_the_two(ana, diaz, talk):
    call = start_call(RULES, diaz, talk)

    answered, _ = at_once(lambda: answer_call(RULES, ana, call), lambda: hang_up(diaz, call))

    assert status_of(call) == {None: policy.ENDED}.get(answered, policy.CANCELLED)
    assert answered in {None, "call.cancelled"}
