"""Few PDFs at once, each once, within bounds; and what there is where none can be made."""

import os
import sys
import threading
from datetime import timedelta

import pytest

from clinicweb.documents import engines, pdf
from clinicweb.documents.cards import MedicationLine, PrescriptionCard
from clinicweb.documents.engines import Engine, PdfFailed
from clinicweb.documents.pdf import Press, TooManyAtOnce
from clinicweb.documents.sheets import sheets_of
from tests.cast import ANA
from tests.documents.test_prescriptions import ANAS, addresses
from tests.documents.world import Quick

ENDLESS = "while True: pass"
GREEDY = "b'x' * 600_000_000"
TALKATIVE = "import time; time.sleep(600)"


class Slow(Quick):
    """Makes nothing until it is let."""

    def __init__(self):
        super().__init__()
        object.__setattr__(self, "began", threading.Event())
        object.__setattr__(self, "may_end", threading.Event())

    def make(self, html, paper, folder):
        self.began.set()
        assert self.may_end.wait(30)
        return super().make(html, paper, folder)


def program(text):
    return Engine("other", 4096, lambda _made, _paper: [sys.executable, "-I", "-S", "-c", text])


def test_the_same_page_is_made_once_and_for_nobody_else_to_read(tmp_path):
    engine = Quick()
    press = Press(tmp_path / "papers", engine)

    both = [press.make("<p>hola", "A4"), press.make("<p>hola", "A4")]
    press.make("<p>hola", "Letter")

    assert both[0] == both[1]
    assert len(engine.made) == 2
    kept = list((tmp_path / "papers").iterdir())
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "papers", *kept)} == {0}


def test_what_was_made_is_forgotten_after_a_day(tmp_path):
    press = Press(tmp_path, Quick())
    for page in ("old", "new"):
        press.make(page, "A4")
    old = min(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    long_ago = (old.stat().st_mtime) - timedelta(days=2).total_seconds()
    os.utime(old, (long_ago, long_ago))

    assert press.tidy() == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_whoever_is_too_many_is_sent_away_at_once(tmp_path):
    engine = Slow()
    press = Press(tmp_path, engine, at_once=1, most_waiting=0)
    working = threading.Thread(target=press.make, args=("first", "A4"))
    working.start()
    assert engine.began.wait(30)

    with pytest.raises(TooManyAtOnce):
        press.make("second", "A4")

    engine.may_end.set()
    working.join(30)
    assert press.make("second", "A4")


@pytest.mark.parametrize("text", [ENDLESS, GREEDY, TALKATIVE])
def test_what_takes_too_much_is_ended(tmp_path, monkeypatch, text):
    monkeypatch.setattr(engines, "CPU_SECONDS", 1)
    monkeypatch.setattr(engines, "LONGEST_SECONDS", 60 if text != TALKATIVE else 1)

    with pytest.raises(PdfFailed):
        program(text).make("", "A4", tmp_path)


def test_an_engine_knows_nothing_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("CLINICWEB_SECRET_KEY", "canary")
    telling = "import os; open('made.pdf', 'w').write('%PDF-' + ' '.join(os.environ))"

    told = program(telling).make("", "A4", tmp_path).decode()

    assert "HOME" in told
    assert "CLINICWEB" not in told


def a_card(count, words=4):
    line = MedicationLine("Paracetamol 500 mg", ("Tome una cada " * words,), "En uso")
    return PrescriptionCard("x", "3 de marzo", "Dr. Díaz", "", True, "", (line,) * count)


@pytest.mark.parametrize(("rows", "sheets"), [(0, 0), (1, 1), (15, 1), (16, 2), (200, 11)])
def test_rows_are_cut_into_sheets(rows, sheets):
    cut = sheets_of([a_card(rows)])

    assert len(cut) == sheets
    assert sum(len(sheet.rows) for sheet in cut) == rows
    assert [sheet.number for sheet in cut] == list(range(1, sheets + 1))


def test_a_row_taller_than_a_sheet_stands_alone():
    cut = sheets_of([a_card(1), a_card(1, words=200), a_card(1)])

    assert [len(sheet.rows) for sheet in cut] == [1, 1, 1]


def test_a_pdf_is_shown_within_the_browser_and_by_nobody_else(page):
    answer = page(ANA).get(addresses(ANAS)[3])

    assert answer.data.startswith(b"%PDF-")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("engine", [None, program("")], ids=["none", "failing"])
def test_where_no_pdf_can_be_made_a_page_to_print_stands_in(page, tmp_path, engine, caplog):
    ana = page(ANA)
    pdf.use(Press(tmp_path, engine))

    for path in addresses(ANAS)[2:]:
        assert ana.get(path).status_code == 200
        assert "Anacilina active" in ana.text()
        assert "no reemplaza ningún documento oficial" in ana.text()
    assert "no PDF was made" in caplog.text


def test_in_a_crowd_one_is_told_to_wait(page, tmp_path, monkeypatch):
    def full(*_asked):
        raise TooManyAtOnce

    monkeypatch.setattr(Press, "make", full)
    ana = page(ANA)

    answer = ana.get(addresses(ANAS)[3])

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "Espere unos segundos" in ana.text()


def test_who_looks_after_the_portal_is_told_that_there_is_no_engine(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(pdf, "find_engine", lambda: None)
    monkeypatch.setattr(pdf, "_press", None)

    pdf.configure(tmp_path)

    assert "install wkhtmltopdf" in caplog.text
