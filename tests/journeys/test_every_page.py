"""Every page of S0-18 to S0-30, and every error on the way: for everybody, on every screen."""

import pytest

from tests.journeys import measure
from tests.journeys.conftest import Enter
from tests.journeys.tour import every_page
from tests.journeys.world import Portal

STOPS = 17


@pytest.mark.slow
def test_every_page_is_for_everybody(enter: Enter, portal: Portal):
    """axe-core by day and night, on a phone and on a desk; narrow, with large text, for a thumb."""
    found = {name: measure.complaints(visitor) for name, visitor in every_page(enter, portal)}

    assert len(found) == STOPS
    assert {name: lines for name, lines in found.items() if lines} == {}
