"""The main job, S0-18 to S0-30, by the manual's own labels, in each way of using a browser."""

import pytest
from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.conftest import Enter
from tests.journeys.keyboard import KeyboardVisitor
from tests.journeys.visitor import Visitor
from tests.journeys.world import Portal

Way = tuple[type[Visitor], bool]
MOUSE, NO_SCRIPTS, KEYBOARD = (Visitor, True), (Visitor, False), (KeyboardVisitor, True)


@pytest.mark.parametrize(
    "way", [MOUSE, NO_SCRIPTS, KEYBOARD], ids=["htmx", "no-javascript", "keyboard"]
)
def test_ana_books_an_hour_and_gives_it_back(enter: Enter, portal: Portal, way: Way):
    """S0-18, S0-19, S0-20, S0-21, S0-23, S0-24, S0-25, S0-26, S0-27, S0-29, S0-30."""
    kind, scripts = way
    ana = enter(kind, scripts=scripts)
    walk.sign_in(ana)
    expect(ana.cards).to_have_count(1)
    loads = len(ana.watch.loads)

    hour = walk.book(ana)
    walk.go_home(ana)

    expect(ana.cards).to_have_count(2)
    expect(ana.cards.filter(has_text=f", {hour}")).to_contain_text("Dra. Inés Soto")
    assert len(portal.live_appointments("ana")) == 2

    walk.release(ana, hour)

    expect(ana.cards).to_have_count(1)
    assert len(portal.live_appointments("ana")) == 1
    if scripts:
        assert ana.watch.loads[loads:] == [], "whole pages were loaded where fragments do"
