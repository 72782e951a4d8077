"""A photo in a conversation, over a line that is slow and breaks; a file that means harm."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, expect

from tests.cast import ANA
from tests.core import sent_files
from tests.journeys import talking, walk
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import Clinics, Portal

DOCTOR = "Dr. Pablo Díaz"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> str:
    return talking.clinic_file(tmp_path_factory.mktemp("talking"))


@pytest.fixture
def portal(clinics: Clinics, clinic: str) -> Portal:
    return clinics(clinic)


def talk(visitor: Visitor, name: str = ANA.username) -> None:
    walk.sign_in(visitor, name)
    visitor.open("/conversaciones/nueva")
    visitor.press(DOCTOR)
    visitor.arrive(DOCTOR)
    visitor.page.get_by_text("Enviar una foto o un PDF").click()


def choose(visitor: Visitor, name: str, content: bytes, *more: str) -> None:
    files: Any = [
        {"name": each, "mimeType": "image/jpeg", "buffer": content} for each in (name, *more)
    ]
    visitor.page.get_by_label("Foto o PDF").set_input_files(files)
    visitor.press("Enviar archivo")


class Line:
    """What carries one visitor's bytes."""

    def __init__(self, visitor: Visitor) -> None:
        self._session = visitor.page.context.new_cdp_session(visitor.page)
        self._session.send("Network.enable")

    def be(self, *, bytes_per_second: int = -1, is_cut: bool = False) -> None:
        speed = {"downloadThroughput": -1, "uploadThroughput": bytes_per_second}
        conditions = {"offline": is_cut, "latency": 50, **speed}
        self._session.send("Network.emulateNetworkConditions", conditions)


def test_a_photo_goes_on_where_the_line_broke(enter: Enter):
    ana = enter()
    talk(ana)
    bar = ana.page.get_by_role("progressbar", name="Avance del envío")
    sent: list[str] = []
    ana.page.on("request", lambda asked: "/envios/" in asked.url and sent.append(asked.url))
    line = Line(ana)
    line.be(bytes_per_second=50_000)

    choose(ana, "Mi foto.jpg", sent_files.noisy(1400, 1000))
    expect(bar).to_be_visible()
    expect(bar).to_have_attribute("value", re.compile(r"^([89]|\d\d)\d{4}$"))  # 80 KB or more
    ana.watch.is_line_broken = True
    line.be(is_cut=True)
    expect(ana.page.get_by_text("Se cortó la línea.")).to_be_visible()
    before = len(sent)
    line.be()

    expect(ana.page.get_by_text("El archivo fue enviado.")).to_be_visible()
    picture = ana.page.get_by_role("img", name="Mi foto.jpg")
    expect(picture).to_be_visible()
    picture.click()
    expect(picture).to_have_js_property("naturalWidth", 1400)
    assert before >= 2
    assert len(sent) > before


def test_what_is_given_up_or_refused_leaves_no_message(enter: Enter):
    ana = enter()
    talk(ana)

    choose(ana, "foto.jpg", sent_files.PAGE)
    expect(ana.page.get_by_text("Este tipo de archivo no se acepta aquí")).to_be_visible()
    Line(ana).be(bytes_per_second=20_000)
    choose(ana, "foto.jpg", sent_files.noisy(900, 700))
    ana.press("Cancelar envío")

    expect(ana.control("Enviar archivo")).to_be_visible()
    expect(ana.page.locator(".file")).to_have_count(0)


def test_several_photos_from_the_page_of_files_lead_back(enter: Enter):
    ana = enter()
    talk(ana)
    ana.open(ana.page.url.removeprefix(ana.url).partition("#")[0] + "/archivos")
    ana.arrive("Enviar un archivo")

    choose(ana, "una.jpg", sent_files.picture(), "dos.jpg", "tres.jpg")

    ana.arrive(DOCTOR)
    expect(ana.page.locator(".file")).to_have_count(3)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-javascript"])
def test_a_hostile_file_is_saved_and_runs_nothing(enter: Enter, scripts: bool):
    ana = enter(scripts=scripts)
    talk(ana)
    hostile = sent_files.document(sent_files.acting) + sent_files.PAGE

    choose(ana, "<img src=x onerror=alert(1)>.pdf.html", hostile)
    ana.page.locator(".file a").wait_for()
    address = ana.page.locator(".file a").get_attribute("href")
    ran: list[str] = []
    ana.page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    with ana.page.expect_download() as download:
        ana.page.locator(".file a").click()
    with pytest.raises(Error, match="Download is starting"):
        ana.page.goto(f"{ana.url}{address}")

    saved = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename.endswith(".pdf")
    assert b"<script" not in saved
    assert b"JavaScript" not in saved
    assert ran == []
