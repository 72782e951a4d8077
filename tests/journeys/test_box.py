"""From «Comenzar» through the waiting room into the box, and out of it: patient and doctor."""

from playwright.sync_api import expect

from tests.journeys import calling, measure
from tests.journeys.calling import DESK, DEVICES
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import ANAS_NAME, Portal

BEGIN_SOON = """UPDATE appointment SET
    starts_at = strftime('%Y-%m-%d %H:%M:%S.000000', 'now', '+10 minutes'),
    ends_at = strftime('%Y-%m-%d %H:%M:%S.000000', 'now', '+40 minutes')
    WHERE public_id = 'anas-appointment-00001'"""


def come_and_wait(ana: Visitor) -> list[str]:
    """S0-7…9, S0-32…34; what is wrong with its pages."""
    ana.press("Comenzar")
    ana.arrive("Su teleconsulta")
    expect(ana.page.get_by_text("más de 1 Mbps, o red móvil 4G")).to_be_visible()
    found = measure.complaints(ana)
    ana.page.get_by_label("Leí y acepto que me atiendan por video").check()
    ana.press("Continuar")
    expect(ana.page.get_by_label("Su nombre")).to_have_value(ANAS_NAME)
    found += measure.complaints(ana)
    ana.press("Aceptar")
    ana.press("Estoy aquí")
    expect(ana.page.get_by_text("Usted es la siguiente persona.")).to_be_visible()
    return found + measure.complaints(ana)


def admit(diaz: Visitor) -> tuple[Visitor, list[str]]:
    """The window that opens; what is wrong with the waiting room."""
    diaz.press("Sala de espera")
    diaz.arrive("Sala de espera")
    expect(diaz.page.get_by_text("Está aquí desde las")).to_be_visible()
    found = measure.complaints(diaz)
    with diaz.page.expect_popup() as opened:
        diaz.press("Admitir")
    return Visitor(opened.value, diaz.url, diaz.watch), found


def conclude(box: Visitor) -> list[str]:
    box.arrive("La videollamada terminó")
    found = measure.complaints(box)
    box.press("Anotar el resultado")
    box.arrive("Resultado de la atención")
    box.page.get_by_label("Se atendió").check()
    box.page.get_by_label("Nota").fill("Control en un mes.")
    found += measure.complaints(box)
    box.press("Guardar")
    box.arrive("Sala de espera")
    expect(box.page.get_by_text("Se atendió")).to_be_visible()
    return found


def test_from_the_waiting_room_to_the_outcome(enter: Enter, portal: Portal):
    """S0-5, S0-7…9, S0-31…36: each page of both, and media that really flow."""
    portal.change(BEGIN_SOON)
    ana, diaz = enter(**DEVICES), enter(**DEVICES, **DESK)
    calling.come_in(ana, portal, "ana")
    found = come_and_wait(ana)
    calling.come_in(diaz, portal, "diaz")
    box, wrong = admit(diaz)
    expect(ana.page.get_by_text("Dr. Pablo Díaz le espera en su box")).to_be_visible()
    calling.ring_on(portal)
    found += wrong + measure.complaints(ana)

    ana.press("Entrar al box")
    calling.wait_for_media(ana.page, box.page)
    expect(diaz.page.get_by_text("En videollamada con usted")).to_be_visible()
    box.press("Colgar llamada")
    expect(ana.page.get_by_text("Consejos para su salud")).to_be_visible()
    found += measure.complaints(ana) + conclude(box)

    ana.open("/mi-perfil/teleconsulta")
    ana.arrive("Consentimiento para la atención por video")
    assert found + measure.complaints(ana) == []
