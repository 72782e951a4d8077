"""Another hour in the place of one's own: because Ana wants it, then because the clinic must."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from clinicweb.core import clock
from tests import cast
from tests.journeys import measure, walk
from tests.journeys.conftest import Enter
from tests.journeys.test_mail import link_to
from tests.journeys.visitor import Visitor
from tests.journeys.world import Portal


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])
def test_ana_changes_her_hour_and_the_clinic_changes_it_again(
    enter: Enter, portal: Portal, scripts: bool
):
    """
    S0-19: the card of what is booked, and the other hour on it.

    When the agenda of her doctor is closed, a mail's link offers others: one press takes one.
    """
    ana = enter(scripts=scripts)
    walk.sign_in(ana)
    before, loads = portal.live_appointments("ana"), len(ana.watch.loads)

    found = _choose_another(ana)

    assert portal.live_appointments("ana") == before
    if scripts:
        assert ana.watch.loads[loads:] == [], "whole pages were loaded where fragments do"

    assert "Personas con hora afectada: 1." in _close_the_agenda(portal)
    ana.page.goto(link_to(portal, "/citas/cambio/", count=2))
    found += _take_what_is_offered(ana)

    assert portal.live_appointments("ana") == before
    assert found == []


def _choose_another(ana: Visitor) -> list[str]:
    ana.activate(ana.cards.get_by_role("link", name="Cambiar hora"))
    ana.arrive("Elija la nueva hora")
    found = measure.complaints(ana)
    hour = ana.hours.nth(1)
    text = ana.page.locator(f"label[for={hour.get_attribute('id')}] b").inner_text()
    ana.pick(hour)
    ana.press("Continuar")
    ana.arrive("¿Quiere cambiar esta hora?")
    expect(ana.page.locator("dl")).to_contain_text("15:00")
    expect(ana.page.locator("dl")).to_contain_text(text)
    found += measure.complaints(ana)
    ana.press("Cambiar a esta hora")
    ana.arrive(walk.ANAS_GREETING)
    expect(ana.page.get_by_role("status")).to_contain_text("Su hora cambió")
    expect(ana.cards).to_have_count(1)
    expect(ana.cards).to_contain_text(f", {text}")
    return found


def _close_the_agenda(portal: Portal) -> str:
    """Of her doctor, for the two days from today on."""
    today = clock.local_day(clock.now(), cast.ZONE)
    period = ("--from", str(today), "--to", str(today + timedelta(days=2)))
    words = ("booking", "close-agenda", "--practitioner", "diaz", *period, "--reason", "Congreso")
    return portal.server.run(*words)


def _take_what_is_offered(ana: Visitor) -> list[str]:
    """The mail's own link shows an hour to take; the others are one press away."""
    ana.arrive("¿Quiere cambiar esta hora?")
    ana.press("Ver otras horas")
    ana.arrive("La clínica cambió su agenda")
    found = measure.complaints(ana)
    offer = ana.page.locator("main .tile").first
    text = offer.locator("b").inner_text()
    ana.activate(offer)
    ana.arrive("¿Quiere cambiar esta hora?")
    found += measure.complaints(ana)
    ana.press("Cambiar a esta hora")
    ana.arrive("Su hora")
    expect(ana.page.locator("main")).to_contain_text("Su hora quedó cambiada")
    found += measure.complaints(ana)
    ana.press("Ver mis horas en el portal")
    ana.arrive(walk.ANAS_GREETING)
    expect(ana.cards).to_have_count(1)
    expect(ana.cards).to_contain_text(text)
    return found
