"""Another hour in the place of one's own, from the card to the card, in each way of browsing."""

import pytest
from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.conftest import Enter
from tests.journeys.world import Portal


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])
def test_ana_changes_her_hour_for_another(enter: Enter, portal: Portal, scripts: bool):
    """S0-19: the card of what is booked, and the other hour on it."""
    ana = enter(scripts=scripts)
    walk.sign_in(ana)
    before, loads = portal.live_appointments("ana"), len(ana.watch.loads)

    ana.activate(ana.cards.get_by_role("link", name="Cambiar hora"))
    ana.arrive("Elija la nueva hora")
    hour = ana.hours.nth(1)
    text = ana.page.locator(f"label[for={hour.get_attribute('id')}] b").inner_text()
    ana.pick(hour)
    ana.press("Continuar")
    ana.arrive("¿Quiere cambiar esta hora?")
    expect(ana.page.locator("dl")).to_contain_text("15:00")
    expect(ana.page.locator("dl")).to_contain_text(text)
    ana.press("Cambiar a esta hora")
    ana.arrive(walk.ANAS_GREETING)

    expect(ana.page.get_by_role("status")).to_contain_text("Su hora cambió")
    expect(ana.cards).to_have_count(1)
    expect(ana.cards).to_contain_text(f", {text}")
    assert portal.live_appointments("ana") == before
    if scripts:
        assert ana.watch.loads[loads:] == [], "whole pages were loaded where fragments do"
