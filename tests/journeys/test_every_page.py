"""Every page of S0-18 to S0-30, and every error on the way: for everybody, on every screen."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.journeys import measure
from tests.journeys.conftest import Enter
from tests.journeys.tour import every_page
from tests.journeys.world import Portal

STOPS = 17


@pytest.mark.slow
def test_no_page_is_a_barrier(enter: Enter, portal: Portal):
    """axe-core, at 360×740 and 1280×800, light and dark."""
    assert complaints(enter, portal, measure.barriers) == {}


@pytest.mark.slow
def test_every_page_fits_a_narrow_screen_large_text_and_a_thumb(enter: Enter, portal: Portal):
    def sizes(page: Page) -> Iterator[str]:
        yield from measure.squeezes(page)
        yield from measure.small_targets(page)

    assert complaints(enter, portal, sizes) == {}


def complaints(
    enter: Enter, portal: Portal, find: Callable[[Page], Iterator[str]]
) -> dict[str, list[str]]:
    found = {name: list(find(visitor.page)) for name, visitor in every_page(enter, portal)}
    assert len(found) == STOPS
    return {name: lines for name, lines in found.items() if lines}
