"""Only so many at once, and nobody for ever."""

import threading

from clinicweb.core.gate import Gate


def test_who_finds_no_place_waits_until_somebody_leaves():
    gate, is_in = Gate(1, longest=60), threading.Event()

    def enter() -> None:
        with gate.place():
            is_in.set()

    other = threading.Thread(target=enter)
    with gate.place():
        other.start()
        was_in = is_in.wait(0.05)
    other.join(10)

    assert not was_in
    assert is_in.is_set()


def test_who_waited_long_enough_goes_in_and_frees_no_place_of_anothers():
    gate = Gate(1, longest=0.01)

    with gate.place():
        with gate.place():
            pass
        places = gate._places._value

    assert (places, gate._places._value) == (0, 1)
