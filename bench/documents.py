"""
PDFs per minute and memory with ten at once, against wkhtmltopdf's own time for the same page.

``python -m bench.documents [--pages 60]``: lists of 200 medicines, as patients print them, each
another one; the same pages by the bare program, one after the other, are the measure.
"""

import argparse
import resource
import shutil
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from flask import Flask, render_template

from clinicweb.clinic.rules import load_rules
from clinicweb.core import clock, migrate
from clinicweb.documents import signing
from clinicweb.documents.cards import MedicationLine, PrescriptionCard
from clinicweb.documents.engines import found_engines
from clinicweb.documents.pdf import Press, TooManyAtOnce
from clinicweb.documents.sealed_paper import LeaveFacts, SealText, html_of
from clinicweb.documents.sheets import sheets_of
from clinicweb.documents.signature import signature_of
from tests.pages import make_app

AT_ONCE = 10
ROWS = 200
MIB = 1024
_FOLDERS = ("HOME", "XDG_RUNTIME_DIR")


def a_page(app: Flask, number: int) -> str:
    line = MedicationLine("Ñandutina 5 mg, tabletas", ("Tome una cada 8 horas.",), "En uso")
    card = PrescriptionCard(
        id="x",
        day_text="3 de marzo de 2026",
        doctor_name="Dr. Díaz",
        state_text="",
        is_in_force=True,
        count_text="",
        medications=(line,) * ROWS,
    )
    with app.test_request_context():
        return render_template(
            "pdf/prescriptions.html",
            heading=f"Recetas de la persona {number}",
            sheets=sheets_of([card]),
            today_text="4 de marzo de 2026",
        )


def bare_seconds(pages: list[str], folder: Path) -> float:
    """wkhtmltopdf as anybody would call it: the floor."""
    program = shutil.which("wkhtmltopdf")
    if program is None:
        return 0.0
    began = time.perf_counter()
    for page in pages:
        subprocess.run(
            [program, "--quiet", "-", str(folder / "bare.pdf")],
            input=page.encode(),
            env={"QT_QPA_PLATFORM": "offscreen", **dict.fromkeys(_FOLDERS, str(folder))},
            capture_output=True,
            check=False,
        )
    return (time.perf_counter() - began) / len(pages)


def pressed_seconds(press: Press, pages: list[str]) -> float:
    """By the portal's press, ten asking at once: seconds a page."""
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda page: patiently(press, page), pages))
    return (time.perf_counter() - began) / len(pages)


def patiently(press: Press, page: str) -> bytes:
    """As somebody who is told to come again does."""
    while True:
        try:
            return press.make(page, "A4")
        except TooManyAtOnce:
            time.sleep(1)


def largest_child_mib() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MIB


def sealing_seconds(app: Flask, folder: Path) -> tuple[float, float]:
    """Signing one certificate, and looking at its signature as a stranger's file is."""
    path = folder / "seal.p12"
    signing.keep_own_certificate(path, "Clínica")
    sealer = signing.sealer_of(path, "", "Clínica")
    day = clock.now().date()
    facts = LeaveFacts(1, "I-1", "Ana Núñez", "", "Dr. Díaz", "Enfermedad", day, day, day, "")
    text = SealText("ABCDEFGHJKLM", day, date(day.year + 1, 1, 1), "https://portal.example")
    with app.app_context():
        html = html_of(load_rules("afiliados"), facts, text)
    plain = found_engines()[0].make(html, "A4", folder)
    sealer.sign(plain, text.code)  # the library is loaded once
    began = time.perf_counter()
    for _time in range(10):
        signed = sealer.sign(plain, text.code)
    signs = (time.perf_counter() - began) / 10
    began = time.perf_counter()
    assert signature_of(signed).is_good
    return signs, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=60)
    count = parser.parse_args().pages
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'clinic.db'}"
        migrate.upgrade(url)
        app = make_app(url, folder, clinic="afiliados")
        pages = [a_page(app, number) for number in range(count)]
        bare = bare_seconds(pages[:10], folder)
        print(f"wkhtmltopdf alone, one after the other: {bare:.2f} s a page of {ROWS} rows")
        for engine in found_engines():
            press = Press(folder / engine.name, engine, most_waiting=AT_ONCE)
            took = pressed_seconds(press, pages if engine.name == "wkhtmltopdf" else pages[:10])
            ratio = f", {took / bare:.2f} of it alone" if bare else ""
            print(f"{engine.name}, {AT_ONCE} at once: {60 / took:.0f} PDFs a minute{ratio}")
            began = time.perf_counter()
            press.make(pages[0], "A4")
            print(f"  the same page again: {(time.perf_counter() - began) * 1000:.1f} ms")
            print(f"  largest process until here: {largest_child_mib():.0f} MiB")
        signs, looks = sealing_seconds(app, folder)
        print(f"a seal: {signs * 1000:.0f} ms; looking at a stranger's: {looks * 1000:.0f} ms")
        print(f"threads at the end: {threading.active_count()}")


if __name__ == "__main__":
    main()
