"""Calls whose media may pass the relay alone: two browsers and a real coturn (T23)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys import calling, measure
from tests.journeys.calling import DEVICES, MEASURE
from tests.journeys.conftest import Enter
from tests.journeys.world import Clinics, Portal
from tests.services.turn import SECRET, TurnServer, own_address
from tests.services.udp_way import UdpWay

CUT_MILLISECONDS = 20_000


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


@pytest.fixture(scope="module")
def way(relay: TurnServer) -> Iterator[UdpWay]:
    """What all media of these calls must pass."""
    with UdpWay(relay.host, relay.port) as way:
        yield way


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> str:
    return calling.clinic_file(tmp_path_factory.mktemp("relayed"))


@pytest.fixture
def portal(clinics: Clinics, clinic: str, relay: TurnServer, way: UdpWay) -> Portal:
    url = f"turn:{relay.host}:{way.port}"
    settings = {"TURN_URL": url, "TURN_SECRET": SECRET, "TURN_ONLY": "true"}
    return clinics(clinic, more=calling.fill, **settings)


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


# A camera that its owner's browser does not give.
NO_CAMERA = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) =>
  wanted.video ? Promise.reject(new DOMException("", "NotAllowedError")) : ask(wanted);
"""


def test_ana_tries_her_devices_before_any_call(enter: Enter, portal: Portal):
    """S2-3…6: camera, microphone, speaker, relay and line, each told with what to do."""
    ana = enter(**DEVICES)
    ana.page.context.add_init_script(NO_CAMERA)
    calling.come_in(ana, portal, "ana")
    ana.page.locator("#menu summary").click()
    ana.press("Probar cámara y micrófono")
    expect(ana.page.get_by_role("button", name="Comenzar la prueba")).to_be_visible()
    found = {"begun": measure.complaints(ana)}

    ana.press("Comenzar la prueba")
    ana.press("Oír un tono")
    ana.press("Sí, lo oí")
    for text in (
        "El micrófono funciona: le escuchamos.",
        "El navegador no tiene permiso para usar la cámara.",
        "El parlante se oye.",
        "Su red deja pasar videollamadas.",
    ):
        expect(ana.page.get_by_text(text)).to_be_visible()
    # How fast this machine is today is nobody's promise.
    measured = ana.page.locator("[data-part=speed] [role=status]")
    expect(measured).to_contain_text(re.compile("Alcanza|muy lenta"))
    found["ended"] = measure.complaints(ana)

    ana.press("Guardar el resultado")
    expect(ana.page.get_by_text("Guardamos el resultado: puede verlo abajo.")).to_be_visible()
    kept = ana.page.locator("details", has_text="Por revisar: Cámara")
    kept.locator("summary").click()
    expect(kept).to_contain_text("Demora por el servidor de paso")
    found["kept"] = measure.complaints(ana)
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_line_lost_for_a_while_and_a_new_server_leave_the_call_as_it_is(
    enter: Enter, portal: Portal, way: UdpWay
):
    """Media need no server; what the two say to each other goes on by the next one."""
    ana, diaz = enter(**DEVICES), enter(**DEVICES)
    calling.come_in(diaz, portal, "diaz")
    calling.come_in(ana, portal, "ana")
    for visitor in (ana, diaz):
        visitor.watch.is_line_broken = visitor.watch.has_no_socket = True
    consultation = calling.ring(diaz)
    ana.press("Aceptar videollamada")
    calling.wait_for_media(ana.page, consultation)
    address = ana.page.url

    way.is_cut.set()
    ana.page.context.set_offline(True)
    expect(ana.page.get_by_text("Se cortó la conexión.")).to_be_visible()
    ana.page.wait_for_timeout(CUT_MILLISECONDS)
    way.is_cut.clear()
    ana.page.context.set_offline(False)
    calling.wait_for_media(ana.page, consultation)

    portal.server.kill()
    calling.wait_for_media(ana.page, consultation)
    portal.server.start()
    ana.page.reload()  # from here on the two find each other by the new server alone
    calling.wait_for_media(ana.page, consultation)
    assert ana.page.url == address

    calling.end_now(portal)
    for page in (ana.page, consultation):
        expect(page.get_by_text("La videollamada llegó a su límite.")).to_be_visible()
