"""T21: names as people write them, and 40 that mean harm."""

import unicodedata

import pytest

from clinicweb.core.file_names import LONGEST_BYTES, shown_name

GOOD = {
    "診断書.pdf": "診断書.pdf",
    "Radiografía de tórax.PDF": "Radiografía de tórax.pdf",
    "foto 👩🏽‍⚕️.pdf": "foto 👩🏽‍⚕️.pdf",
    "نتيجة الفحص.pdf": "نتيجة الفحص.pdf",
    "Examen 12.5": "Examen 12.5.pdf",
    "informe.pdf.pdf": "informe.pdf",
    "sin nombre": "sin nombre.pdf",
    "A\u030ange.pdf": "\u00c5nge.pdf",
}

HOSTILE = [
    "../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/shadow", "C:\\autoexec.bat", "....//x",
    "\0.pdf", "a\0.php", "a\r\nSet-Cookie: x=1", "a\nb", "a\tb", "\x7f", "\x1b[31mrojo",
    "foto\u202egpj.exe", "\u2066a\u2069", "\u200b", "\ufefffoto", "a\u2028b", "\u00ad",
    "CON", "con.txt", "NUL.pdf", "LPT1", "aux.jpg", "COM9.tar.gz",
    "a" * 400, "診" * 400, "👩🏽‍⚕️" * 100, "e" + "\u0301" * 500, "." * 300, " " * 300,
    ".htaccess", "..", ".", "", "a.php.jpg", "a.jpg.exe", '"><script>alert(1)</script>', "a;b=c",
    "a|b>c<d?e*f:g", "%2e%2e%2fpasswd", "a／b", "\ud800x",
]  # fmt: skip


@pytest.mark.parametrize(("typed", "shown"), GOOD.items())
def test_a_name_stays_as_it_was_written(typed, shown):
    assert shown_name(typed, "pdf") == shown


@pytest.mark.parametrize("typed", HOSTILE, ids=ascii)
def test_a_hostile_name_becomes_one_that_does_no_harm(typed):
    shown = shown_name(typed, "jpg")

    stem = shown.removesuffix(".jpg")
    assert stem != shown
    assert stem.strip(" .") == stem != ""
    assert not set(stem) & set('/\\:*?"<>|')
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in stem)
    assert not any(unicodedata.bidirectional(c) in BIDI for c in stem)
    assert len(shown.encode()) <= LONGEST_BYTES + 4
    assert unicodedata.is_normalized("NFC", shown)
    assert stem.partition(".")[0].upper() not in {"CON", "NUL", "AUX", "LPT1", "COM9"}


BIDI = {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}


def test_forty_names_are_tried():
    assert len(set(HOSTILE)) >= 40


def test_no_emoji_is_cut_in_two():
    shown = shown_name("👩🏽‍⚕️" * 100, "jpg")

    assert set(shown.removesuffix(".jpg").split("⚕️")) == {"👩🏽‍", ""}
