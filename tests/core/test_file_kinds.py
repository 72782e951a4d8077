"""T21: of 60 files that people send, each is taken or refused as it should be."""

import io
import resource
import time
from pathlib import Path
from tempfile import mkdtemp

import pikepdf
import pytest
from PIL import Image

from clinicweb.core import file_kinds
from clinicweb.core.errors import NotAllowed
from clinicweb.core.file_kinds import PDF, UNKNOWN, Checked, check
from clinicweb.core.file_texts import REASONS
from clinicweb.core.picture_checking import PREVIEW_BYTES
from tests.core import sent_files

LONGEST_SECONDS = 3.0
MOST_KIB = 64 * 1024


@pytest.fixture
def sent(tmp_path: Path):
    def send(content: bytes, **options) -> Checked:
        (tmp_path / "sent").write_bytes(content)
        return check(tmp_path / "sent", Path(mkdtemp(dir=tmp_path)), **options)

    return send


def decided(send, content: bytes) -> tuple[str, int]:
    """The kind or the reason, and the memory that it took."""
    try:
        checked = send(content)
    except NotAllowed as refusal:
        return refusal.reason, 0
    return checked.kind, checked.peak_kib


def test_sixty_files_are_taken_or_refused_as_they_should_be(sent, record_property):
    corpus = sent_files.TAKEN | sent_files.REFUSED
    least = sent(sent_files.picture(width=1, height=1)).peak_kib
    wrong, slowest, most = [], 0.0, 0

    for name, (made, expected) in corpus.items():
        content = made()
        began = time.thread_time() + children_seconds()
        found, peak = decided(sent, content)
        slowest = max(slowest, time.thread_time() + children_seconds() - began)
        most = max(most, peak - least)
        if found != expected:
            wrong.append((name, found, expected))

    record_property("files", len(corpus))
    record_property("peak_mib", round(most / 1024, 1))
    record_property("slowest_seconds", round(slowest, 2))
    assert len(corpus) == 60
    assert wrong == []
    assert slowest <= LONGEST_SECONDS
    assert most <= MOST_KIB


def children_seconds() -> float:
    """Processor time of the checkers: another's load on the machine is not theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_picture_is_drawn_anew_upright_and_says_nothing_of_place_or_camera(sent):
    checked = sent(sent_files.located())

    content = checked.path.read_bytes()
    with Image.open(io.BytesIO(content)) as kept:
        assert not kept.getexif()
        assert "comment" not in kept.info
        assert kept.size == (checked.width, checked.height) == (48, 64)
        # What was at the left is on top once the telephone is turned.
        assert kept.getpixel((24, 8))[0] > 200
        assert kept.getpixel((24, 56))[2] > 200
    assert b"Telefono" not in content
    assert b"casa" not in content


@pytest.mark.parametrize("tail", [sent_files.PAGE, b"<?php x(); ?>", sent_files.EICAR])
def test_what_hangs_behind_a_picture_is_gone(sent, tail):
    checked = sent(sent_files.picture("PNG") + tail)

    assert tail not in checked.path.read_bytes()
    assert tail not in checked.preview.read_bytes()


def test_the_preview_of_the_most_restless_picture_is_small(sent, record_property):
    checked = sent(sent_files.noisy(1600, 1200))

    size = checked.preview.stat().st_size
    record_property("preview_bytes", size)
    assert size <= PREVIEW_BYTES
    with Image.open(checked.preview) as small:
        assert small.format == "WEBP"
        assert min(small.size) >= 120


def test_large_pictures_become_no_larger_than_a_page_needs(sent):
    checked = sent(sent_files.picture(width=6000, height=4000))

    assert (checked.width, checked.height) == (2048, 1365)


def test_a_pdf_without_scripts_stays_as_it_was_signed(sent):
    content = sent_files.document()

    checked = sent(content)

    assert checked.path.read_bytes() == content
    assert not checked.is_changed


def test_scripts_and_actions_are_taken_out_of_a_pdf(sent):
    checked = sent(sent_files.document(sent_files.acting))

    assert checked.is_changed
    with pikepdf.open(checked.path) as kept:
        inside = " ".join(repr(thing) for thing in kept.objects)
        assert len(kept.pages) == 1
    assert not any(name in inside for name in ("JavaScript", "/JS", "Launch", "cmd.exe", "/AA"))


def test_links_in_a_pdf_stay(sent):
    def linked(made: pikepdf.Pdf) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://clinica.example")
        made.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(A=action)])

    content = sent_files.document(linked)

    assert sent(content).path.read_bytes() == content


def test_a_clinic_may_want_pictures_alone(sent):
    with pytest.raises(NotAllowed) as refusal:
        sent(sent_files.document(), welcome=file_kinds.PICTURES)

    assert refusal.value.reason == UNKNOWN


def test_each_refusal_has_its_words():
    reasons = {reason for _made, reason in sent_files.REFUSED.values()}

    assert reasons | file_kinds.REFUSALS <= REASONS.keys()
    assert PDF not in REASONS
