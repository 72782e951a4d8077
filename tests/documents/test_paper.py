"""What both engines print: every letter, heads on every sheet, and nothing from anywhere (T22)."""

import os
import socket
import subprocess
import threading
from contextlib import contextmanager
from datetime import date
from shutil import which

import html5lib
import pytest
from flask import render_template

from clinicweb.clinic.rules import load_rules
from clinicweb.documents.cards import MedicationLine, PrescriptionCard
from clinicweb.documents.engines import found_engines
from clinicweb.documents.sealed_paper import LeaveFacts, SealText, html_of
from clinicweb.documents.sheets import sheets_of
from tests.pages import make_app

ENGINES = pytest.mark.parametrize("engine", found_engines(), ids=lambda engine: engine.name)
LONG_NAME = "María de los Ángeles Ñandúcayú Güemes-Etcheverría de la Santísima Concepción"
SECRET = "canary-that-nobody-reads"

# Each is tried with an address that listens and with a file that exists.
WAYS = (
    '<iframe src="{}"></iframe>',
    '<img src="{}">',
    '<img srcset="{} 2x">',
    '<link rel="stylesheet" href="{}">',
    '<link rel="attachment" href="{}">',
    '<link rel="prefetch" href="{}">',
    "<style>@import url({});</style>",
    "<style>body {{ background: url({}) }}</style>",
    "<style>@font-face {{ font-family: x; src: url({}) }} p {{ font-family: x }}</style>",
    "<style>li {{ list-style-image: url({}) }} p::before {{ content: url({}) }}</style>",
    '<p style="background-image: url({})">x</p>',
    '<object data="{}"></object>',
    '<embed src="{}">',
    '<svg><image href="{0}" xlink:href="{0}" width="9" height="9"/></svg>',
    '<svg><use xlink:href="{}#a"/></svg>',
    '<video src="{0}" poster="{0}"></video>',
    '<audio src="{}" autoplay></audio>',
    '<body background="{}">',
    '<meta name="pdfkit-cover" content="{}">',
    '<meta name="pdfkit-post-file" content="x {}">',
    '<meta name="pdfkit-run-script" content="location=\'{}\'">',
    '<meta name="pdfkit-user-style-sheet" content="{}">',
    '<script src="{}"></script>',
    "<script>x = new XMLHttpRequest(); x.open('GET', '{}', false); x.send()</script>",
    "<script>location = '{}'</script>",
    '<form action="{}"><input autofocus onfocus="form.submit()"></form>',
    '<table background="{}"><tr><td>x</td></tr></table>',
)
# These would lead away from the page, and hide what the others do.
AWAY = (
    '<meta http-equiv="refresh" content="0;url={}">',
    '<frameset><frame src="{}"></frameset>',
    '<base href="{}"><img src="y">',
)
ENDLESS = "<script>for(;;);</script><p>after</p>"


@contextmanager
def listening():
    """The address of a server that answers nobody, and who has come."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        came: list[str] = []

        def accept():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                came.append("somebody")
                connection.close()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x", came
        server.shutdown(socket.SHUT_RDWR)


def words(content, *options):
    done = subprocess.run(
        ["pdftotext", *options, "-", "-"], input=content, capture_output=True, check=True
    )
    return done.stdout.decode()


def told(content):
    done = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True)
    return next(line for line in done.stdout.decode().splitlines() if "Page size" in line)


def pages(content):
    return words(content, "-layout").split("\f")[:-1]


def payloads(address, folder, ways=WAYS + AWAY):
    canary = folder / "canary.txt"
    canary.write_text(SECRET)
    places = (address, canary.as_uri())
    return [way.format(*(place,) * 3) for way in ways for place in places] + [ENDLESS]


def printed(app, heading, medicines):
    lines = tuple(MedicationLine(name, (dosage,), "En uso") for name, dosage in medicines)
    card = PrescriptionCard("x", "3 de marzo de 2026", heading, "", True, "", lines)
    with app.test_request_context():
        return render_template(
            "pdf/prescriptions.html",
            heading=heading,
            sheets=sheets_of([card]),
            today_text="4 de marzo de 2026",
        )


@pytest.fixture
def app(clinic_url, tmp_path):
    return make_app(clinic_url, tmp_path / "data", clinic="afiliados")


@ENGINES
def test_two_hundred_rows_have_heads_on_every_sheet_and_every_letter(app, tmp_path, engine):
    medicines = [(f"Ñandutina {n} mg áéíóú", "Tome ½ tableta, ¡sin alcohol!") for n in range(200)]

    content = engine.make(printed(app, LONG_NAME, medicines), "A4", tmp_path)

    sheets = pages(content)
    assert len(sheets) > 5
    assert ["Medicamento" in sheet for sheet in sheets] == [True] * len(sheets)
    text = " ".join(words(content).split())
    assert " ".join(LONG_NAME.split()) in text
    assert "Tome ½ tableta, ¡sin alcohol!" in text
    assert [n for n in range(200) if f"Ñandutina {n} mg" not in text] == []
    assert "595" in told(content)


@ENGINES
def test_a_hostile_page_reads_nothing_and_reaches_nobody(tmp_path, engine, record_property):
    """T22: what would have been let through our templates meets an engine that is told no."""
    with listening() as (address, came):
        for number, ways in enumerate((WAYS, AWAY)):
            (tmp_path / str(number)).mkdir()
            hostile = "\n".join(payloads(address, tmp_path, ways))
            page = f"<!doctype html><meta charset=utf-8><p>before</p>{hostile}"
            content = engine.make(page, "A4", tmp_path / str(number))
            assert SECRET not in words(content)
            assert ways is AWAY or "before" in words(content)

    tried = len(payloads(address, tmp_path))
    record_property("payloads", tried)
    assert tried >= 60
    assert came == []


@ENGINES
def test_a_hostile_field_is_printed_as_it_was_typed(app, tmp_path, engine):
    """T22: in each field that reaches the paper."""
    with listening() as (address, came):
        hostile = payloads(address, tmp_path)
        (tmp_path / "job").mkdir()
        html = printed(app, hostile[0], [(text, text) for text in hostile])
        content = engine.make(html, "A4", tmp_path / "job")

    assert came == []
    text = "".join(words(content).split())
    assert "<iframesrc=" in text
    assert text.count("<script>") >= 4
    assert SECRET not in text


def certified(app, text, name=LONG_NAME):
    """The sheet of a sick leave, with *text* in each field that a clinic's files fill."""
    day = date(2026, 3, 2)
    facts = LeaveFacts(1, text, name, text, text, text, day, day, day, f"{text}\n{text}")
    with app.app_context():
        seal = SealText("ABCDEFGHJKLM", day, day, "https://portal.clinica.example/verificar")
        return html_of(load_rules("afiliados"), facts, seal)


@ENGINES
def test_a_certificate_tells_all_that_it_says(app, tmp_path, engine):
    content = engine.make(certified(app, "Ñandutina «½»"), "A4", tmp_path)

    text = " ".join(words(content).split())
    for told in (LONG_NAME, "Ñandutina «½»", "ABCD-EFGH-JKLM", "Certificado de incapacidad"):
        assert " ".join(told.split()) in text
    assert "https://portal.clinica.example/verificar" in text.replace(" ", "")


def elements(html):
    return [found.tag for found in html5lib.parse(html).iter()]


def test_nothing_typed_becomes_part_of_the_certificates_page(app, tmp_path, record_property):
    """T22: each payload in each field leaves the page's elements as they are."""
    hostile = payloads("http://127.0.0.1:9/x", tmp_path)
    plain = elements(certified(app, "x", "x"))

    changed = [text for text in hostile if elements(certified(app, text, text)) != plain]

    record_property("payloads", len(hostile))
    assert len(hostile) >= 60
    assert changed == []


@ENGINES
def test_a_hostile_field_of_a_certificate_is_printed_as_it_was_typed(app, tmp_path, engine):
    """T22: addresses and files by turns; each that is left out is known to be mere text."""
    with listening() as (address, came):
        text = " ".join(payloads(address, tmp_path)[::5])
        (tmp_path / "job").mkdir()
        content = engine.make(certified(app, text, text), "A4", tmp_path / "job")

    assert came == []
    found = "".join(words(content).split())
    assert found.count("<iframesrc=") == 7
    assert SECRET not in found


@pytest.mark.skipif(not which("wkhtmltopdf"), reason="wkhtmltopdf is not installed")
def test_an_engine_without_bounds_does_come(tmp_path):
    """The listener's silence is worth something."""
    with listening() as (address, came):
        environ = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
        page = f'<img src="{address}">'.encode()
        unbound = ["wkhtmltopdf", "--quiet", "-", str(tmp_path / "made.pdf")]
        subprocess.run(unbound, input=page, env=environ, capture_output=True, check=False)

    assert came
