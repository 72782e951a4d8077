"""T05: what people write in conversations runs nothing, even where no policy of content helps."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.clinic import rules
from clinicweb.clinic.models import Patient, Practitioner
from tests.chat.test_hostile_words import PAYLOADS
from tests.core import sent_files
from tests.journeys.conftest import Enter
from tests.journeys.talking import come_in, come_in_to_attend
from tests.journeys.visitor import Visitor
from tests.journeys.world import Clinics, Portal

PRESET = Path(rules.__file__).parent / "presets" / "chat-clinico.toml"
EVIL = "<img src=x onerror=alert(1)>"
WORDS = tuple(PAYLOADS.values())
# What would be in a page, or on its way, if something of all this were more than words.
RUNS = """main :is(img[src="x"], svg[onload], iframe, script, [onerror], [onload], [onfocus],
[onmouseover], [href^="javascript:"], b[hx-get], i[hx-vals], main, hx-partial)"""


def name_all(session: Session) -> None:
    """Everybody is called what would run, if it could."""
    for table, field in ((Account, "name"), (Patient, "family_name"), (Practitioner, "prefix")):
        for number, row in enumerate(session.query(table)):
            setattr(row, field, f"{EVIL}{number}")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("hostile") / "clinic.toml"
    quick = f"quick_answers = ['{EVIL}', '\" autofocus onfocus=alert(1) x=\"']\n"
    own, rest = PRESET.read_text("utf-8").split("quick_answers = [")
    told = re.sub(r"(?m)^(emergency|hours) = .*\n", "", own + quick + rest.partition("]\n")[2])
    said = f"[chat]\nemergency = '{EVIL} urgencias'\nhours = '{EVIL} horas'\n"
    path.write_text(told.replace("[chat]\n", said), "utf-8")
    return str(path)


@pytest.fixture
def portal(clinics: Clinics, clinic: str) -> Portal:
    return clinics(clinic, name_all)


class Guard:
    """Of one visitor, whose browser asks no policy: what ran, and what was asked for."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.ran = visitor, []
        page = visitor.page
        page.on("dialog", lambda dialog: (self.ran.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda asked: asked.url.endswith(("/salir", "/x")) and self._note(asked))

    def _note(self, asked: Any) -> None:
        self.ran.append(f"{asked.method} {asked.url}")

    def look(self) -> None:
        expect(self.visitor.page.locator("main")).to_contain_text("onerror=alert(1)")
        expect(self.visitor.page.locator(RUNS)).to_have_count(0)
        assert self.ran == []


def write(visitor: Visitor, text: str) -> None:
    visitor.page.get_by_label("Mensaje", exact=True).fill(text)
    visitor.press("Enviar")


def lines(visitor: Visitor) -> Any:
    return visitor.page.locator("ol.lines > li[data-number]")


def send_file(visitor: Visitor) -> None:
    visitor.page.get_by_text("Enviar una foto o un PDF").click()
    photo: Any = {"name": f"{EVIL}.jpg", "mimeType": "image/jpeg", "buffer": sent_files.picture()}
    visitor.page.get_by_label("Foto o PDF").set_input_files(photo)
    visitor.press("Enviar archivo")
    expect(visitor.page.get_by_text("El archivo fue enviado.")).to_be_visible()


def test_words_names_files_and_answers_run_nothing_without_a_policy(
    enter: Enter, portal: Portal, record_property: Any
):
    ana, diaz = enter(bypass_csp=True), enter(bypass_csp=True)
    guards = [Guard(ana), Guard(diaz)]
    come_in(ana, "ana")
    ana.page.locator("h1").wait_for()
    ana.open("/conversaciones/nueva")
    ana.page.locator("button[value=diaz]").click()
    expect(ana.page.locator("main [data-chat][data-ready]")).to_be_attached()
    come_in_to_attend(diaz, portal, "diaz")
    diaz.page.goto(ana.page.url)

    assert_that_scripts_would_run(ana)
    for number, word in enumerate(WORDS, start=1):
        write(ana, word)
        expect(lines(diaz)).to_have_count(number)
    send_file(ana)
    diaz.page.get_by_text("Respuestas rápidas").click()
    diaz.page.locator("[data-quick]").first.click()
    expect(lines(ana)).to_have_count(len(WORDS) + 2)
    lines(diaz).first.get_by_role("link", name="Responder").click()
    write(diaz, EVIL)
    expect(lines(ana)).to_have_count(len(WORDS) + 3)
    is_told(ana)
    for guard in guards:
        guard.look()

    diaz.press("Finalizar consulta")
    diaz.arrive("Finalizar consulta")  # the page before has a box to write in, too
    diaz.page.get_by_role("textbox").fill(EVIL)
    diaz.press("Finalizar consulta")
    expect(ana.page.locator("main")).to_contain_text("La consulta terminó.")
    ana.reload()
    for guard in guards:
        guard.look()
        guard.visitor.open("/conversaciones")
        guard.look()
    name_a_group(guards[1])
    record_property("payloads", len(WORDS))


def is_told(ana: Visitor) -> None:
    """The clinic's own texts."""
    for told in ("urgencias", "horas"):
        expect(ana.page.locator("main")).to_contain_text(f"{EVIL} {told}")


def name_a_group(guard: Guard) -> None:
    diaz = guard.visitor
    diaz.open("/conversaciones/nueva")
    diaz.page.locator("input[name=clinicians]").first.check()
    diaz.page.get_by_label("Nombre del grupo").fill(EVIL)
    diaz.press("Empezar")
    expect(diaz.page.locator("h1")).to_contain_text(EVIL)
    guard.look()
    diaz.open("/conversaciones")
    guard.look()


def assert_that_scripts_would_run(visitor: Visitor) -> None:
    """The wall is down: else nothing of this would prove anything."""
    visitor.page.evaluate(
        """() => document.body.insertAdjacentHTML("beforeend",
        '<img src="data:," alt="" hidden onerror="window.hasRun = true">')"""
    )
    visitor.page.wait_for_function("window.hasRun")
