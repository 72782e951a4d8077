"""Nobody can tell by the clock who is known, where it is coarsest: the password's hash (T09)."""

from collections.abc import Iterator

import pytest

from bench.enumeration_timing import ENDPOINTS, area_under_curve, measure
from clinicweb.accounts import passwords

# So few pairs tell little: without the hash for nobody the area is 1.000.
PAIRS, WIDE = 25, (0.2, 0.8)


@pytest.fixture(autouse=True)
def cheap_nobody():
    """In place of the one for all other tests: here nobody costs what somebody does."""


@pytest.fixture(autouse=True)
def cheap_hashes():
    """Likewise."""


def measured(pairs: int) -> Iterator[float]:
    """
    Once, and if need be again: a machine that stops for a moment tells of itself.

    Who checks nothing for nobody has an area of 1.000 each time.
    """
    for _ in range(4):
        yield area_under_curve(*measure(ENDPOINTS["sign-in"], pairs))


def test_signing_in_takes_as_long_for_nobody(record_property):
    areas = measured(PAIRS)
    area = next((area for area in areas if WIDE[0] < area < WIDE[1]), 1.0)

    record_property("area", area)
    assert WIDE[0] < area < WIDE[1]


def test_a_portal_that_checks_nothing_for_nobody_is_found(monkeypatch):
    real = passwords.is_right
    monkeypatch.setattr(passwords, "is_right", lambda typed, known: known and real(typed, known))

    assert any(area > WIDE[1] for area in measured(5))


@pytest.mark.parametrize("endpoint", [name for name in ENDPOINTS if name != "sign-in"])
def test_each_form_of_the_benchmark_can_be_sent(endpoint):
    known, unknown = measure(ENDPOINTS[endpoint], 2)

    assert len(known) == len(unknown) == 2


def test_the_area_is_half_for_equal_times_and_one_for_what_tells():
    assert area_under_curve([1, 2, 3], [1, 2, 3]) == pytest.approx(0.5)
    assert area_under_curve([4, 5, 6], [1, 2, 3]) == 1
