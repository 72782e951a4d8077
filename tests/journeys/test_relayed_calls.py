"""A call whose media may pass the relay alone: two browsers and a real coturn (T23)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys import calling
from tests.journeys.calling import DEVICES, MEASURE
from tests.journeys.conftest import Enter
from tests.journeys.world import Clinics, Portal
from tests.services.turn import SECRET, TurnServer, own_address


@pytest.fixture(scope="module")
def relay(services_run: Path, worker_name: str, owner_lock: Path) -> Iterator[TurnServer]:
    """The shipped one, but for this machine: here both ends of a way are its own."""
    server = TurnServer(
        services_run / f"turn-calls-{worker_name}",
        owner_lock=owner_lock,
        more=(f"allowed-peer-ip={own_address()}",),
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture
def portal(clinics: Clinics, relay: TurnServer, tmp_path: Path) -> Portal:
    settings = {"TURN_URL": relay.url, "TURN_SECRET": SECRET, "TURN_ONLY": "true"}
    return clinics(calling.clinic_file(tmp_path), more=calling.fill, **settings)


def test_media_flow_both_ways_through_the_relay(enter: Enter, portal: Portal):
    """S0-47, S2-17: and after it, another may begin."""
    ana, diaz = enter(**DEVICES), enter(**DEVICES)
    calling.come_in(diaz, portal, "diaz")
    calling.come_in(ana, portal, "ana")

    consultation = calling.ring(diaz)
    ana.press("Aceptar videollamada")
    calling.wait_for_media(ana.page, consultation)

    for page in (ana.page, consultation):
        assert page.evaluate(MEASURE)["pair"] == "relay,relay"

    ana.press("Colgar llamada")
    for page in (ana.page, consultation):
        expect(page.get_by_role("heading", name="La videollamada terminó")).to_be_visible()
    consultation.get_by_role("link", name="Iniciar otra videollamada").click()
    expect(consultation.get_by_role("button", name="Iniciar Llamada")).to_be_visible()
