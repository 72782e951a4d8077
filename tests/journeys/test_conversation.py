"""Ana writes to her doctor: on two devices that agree, and without scripts."""

import pytest
from playwright.sync_api import expect

from tests.journeys import measure, talking, walk
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import Clinics, Portal

DOCTOR = "Dr. Pablo Díaz"
NOTHING_COVERS_THE_NEWEST = """() => {
  const edge = (selector) => document.querySelector(selector).getBoundingClientRect();
  return edge("ol.lines > li:last-child .foot-line").bottom <= edge(".composer").top;
}"""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> str:
    return talking.clinic_file(tmp_path_factory.mktemp("talking"))


@pytest.fixture
def portal(clinics: Clinics, clinic: str) -> Portal:
    return clinics(clinic)


def begin(ana: Visitor) -> dict[str, list[str]]:
    """From the home page to the open conversation; what is wrong with each page."""
    walk.sign_in(ana)
    ana.open("/conversaciones")
    ana.arrive("Conversaciones")
    found = {"list": measure.complaints(ana)}
    ana.open("/conversaciones/nueva")
    found["new"] = measure.complaints(ana)
    ana.press(DOCTOR)
    ana.arrive(DOCTOR)
    return found


def write(ana: Visitor, text: str) -> None:
    ana.page.get_by_label("Mensaje", exact=True).fill(text)
    ana.press("Enviar")


def test_what_is_written_on_one_device_stands_on_the_other(enter: Enter):
    ana, elsewhere = enter(), enter()
    found = begin(ana)
    expect(ana.page.get_by_text("Todavía no hay mensajes.")).to_be_visible()
    walk.sign_in(elsewhere)
    elsewhere.page.goto(ana.page.url)
    elsewhere.arrive(DOCTOR)

    write(ana, "Buenos días.\n¿Puedo tomarlo con leche?")
    expect(elsewhere.page.get_by_text("¿Puedo tomarlo con leche?")).to_be_visible()
    write(elsewhere, "Perdón, en ayunas")

    expect(ana.page.locator("ol.lines > li").last).to_contain_text("Perdón, en ayunas")
    expect(ana.page.get_by_label("Mensaje", exact=True)).to_have_value("")
    expect(ana.page.get_by_text("Todavía no hay mensajes.")).to_be_hidden()
    for text in ("Uno", "Dos", "Tres", "Cuatro", "Cinco", "Seis"):
        write(ana, text)
        for each in (ana, elsewhere):
            newest = each.page.locator("ol.lines > li[data-number]").last
            expect(newest).to_contain_text(text)
            each.page.wait_for_function(NOTHING_COVERS_THE_NEWEST)
            expect(each.heading).not_to_be_focused()
    found["written"] = measure.complaints(ana)
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_who_writes_as_soon_as_the_page_is_there_is_not_called_away(enter: Enter):
    ana = enter()
    begin(ana)
    ana.page.get_by_role("link", name="Conversaciones").last.click()
    ana.arrive("Conversaciones")
    ana.page.evaluate(
        """addEventListener("htmx:after:swap", () => document.querySelector("#text").focus(),
        {capture: true, once: true})"""
    )

    ana.press(DOCTOR)

    expect(ana.page.locator("main [data-chat][data-ready]")).to_be_attached()
    expect(ana.page.get_by_label("Mensaje", exact=True)).to_be_focused()


def test_what_a_dead_server_never_got_goes_out_in_order_by_itself(enter: Enter, portal: Portal):
    ana = enter()
    begin(ana)
    lines = ana.page.locator("ol.lines > li")
    said = ["Uno", "Dos", "Tres", "Cuatro"]

    ana.watch.is_line_broken = ana.watch.has_no_socket = True
    expect(ana.page.locator("main [data-chat][data-ready]")).to_be_attached()
    portal.server.kill()
    for text in said:
        write(ana, text)
    expect(lines.first).to_contain_text("UnoNo se envió.")
    portal.server.start()

    expect(ana.page.locator("ol.lines > li[data-number]")).to_have_count(4)
    expect(lines).to_contain_text(said)
    expect(lines).to_have_count(4)
    expect(ana.page.locator("h1")).to_have_count(1)


def test_without_scripts_it_is_a_form_and_a_link(enter: Enter):
    ana = enter(scripts=False)
    found = begin(ana)

    write(ana, "¿Puedo tomarlo con leche?")
    expect(ana.page.get_by_text("¿Puedo tomarlo con leche?")).to_be_visible()
    ana.press("Actualizar")

    expect(ana.page.get_by_text("¿Puedo tomarlo con leche?")).to_have_count(1)
    found["written"] = measure.complaints(ana)
    assert {name: lines for name, lines in found.items() if lines} == {}
