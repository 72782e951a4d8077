"""The seal: made once by the clinic's certificate, over all of the file, and taken back by it."""

import stat
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from clinicweb.audit.models import AuditEvent
from clinicweb.config import BadSettings, load_settings
from clinicweb.core import clock, db
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import COMMAND_LINE
from clinicweb.documents import commands, pdf, signing
from clinicweb.documents.codes import ALPHABET, marked_code, new_code, read_code, shown_code
from clinicweb.documents.engines import PdfFailed
from clinicweb.documents.models import SickLeave
from clinicweb.documents.seal_actions import RevokeSeal, revoke_seal
from clinicweb.documents.sealed_store import store
from clinicweb.documents.signature_check import look
from tests.cast import ANA
from tests.documents.leaves import a_leave
from tests.documents.sealing import ADDRESS, RULES, Blank, sealed
from tests.documents.test_prescriptions import ANAS
from tests.documents.test_sick_leaves import addresses
from tests.documents.world import Quick


class Failing(Quick):
    def make(self, html, _paper, _folder):
        self.made.append(html)
        raise PdfFailed("other")


def journal(action):
    with db.reading() as session:
        rows = session.scalars(select(AuditEvent).where(AuditEvent.action == action))
        return [row.actor_name for row in rows]


@pytest.fixture
def app(sealing_app):
    return sealing_app


def test_what_is_authorised_is_sealed_once_and_then_shown(page, seal):
    ana = page(ANA)
    assert ana.get(addresses(ANAS)[1]).status_code == 404

    first, second = seal(), seal()

    assert (first, second) == (2, 0)
    assert ana.get(addresses(ANAS)[1]).data == store().get(sealed().content_hash)
    assert journal("sick_leave.seal") == ["system"] * 2


def test_the_signature_is_the_clinics_and_covers_all_that_is_said(seal, record_property):
    seal()
    row = sealed()
    content = store().get(row.content_hash)

    assert look(content) == {
        "signatures": 1,
        "certificate_hash": row.certificate_hash,
        "is_intact": True,
        "is_whole": True,
    }
    assert b"/ETSI.CAdES.detached" in content
    assert marked_code(content) == row.code
    # The signature's own place has zeros behind it that nobody looks at: see test_verify for those.
    begins = content.index(b"/Contents <")
    own = range(begins, content.index(b">", begins))
    places = [at for at in range(11, len(content), len(content) // 12) if at not in own]
    record_property("flipped", len(places))
    assert [at for at in places if is_good(content, at)] == []


def is_good(content, at):
    """Whether the signature would stand with another byte *at*."""
    flipped = bytearray(content)
    flipped[at] ^= 1
    return stands(bytes(flipped))


def stands(content):
    try:
        found = look(content)
    except Exception:  # noqa: BLE001  what the library makes of it, it is not good
        return False
    return found.get("is_intact", False) and found["is_whole"]


def test_what_is_added_behind_is_seen(seal):
    seal()
    content = store().get(sealed().content_hash)

    assert stands(content)
    assert not stands(content + b"\n% more\n%%EOF\n")


def test_it_says_where_it_is_verified_and_until_when(seal):
    seal()
    html = next(html for html in pdf.press().engine.made if "Anaitis" in html)

    assert f"{ADDRESS}/verificar" in html
    assert shown_code(sealed().code) in html
    assert "Certificado de incapacidad" in html
    assert sealed().expires_on > clock.now().date() + timedelta(days=700)


@pytest.mark.parametrize("state", ["preliminary", "void", "old"])
def test_nobody_seals_what_is_not_to_be_shown(seal, state):
    with db.current().writing() as session:
        leave = session.scalars(select(SickLeave).where(SickLeave.code == f"{ANAS}-sealed")).one()
        other = a_leave(leave.patient, state)
        leave.status, leave.issued_on = other.status, other.issued_on

    assert seal() == 1


def test_one_that_changes_meanwhile_is_sealed_as_it_is_then(seal, monkeypatch):
    make_once = pdf.Press.make_once

    def slow(press, html, paper):
        if "Anaitis sealed" in html:
            with db.current().writing() as session:
                query = select(SickLeave).where(SickLeave.code == f"{ANAS}-sealed")
                session.scalars(query).one().kind = "Anaitis corrected"
        return make_once(press, html, paper)

    monkeypatch.setattr(pdf.Press, "make_once", slow)

    assert seal() == 1
    assert seal() == 1


def test_what_cannot_be_made_waits_an_hour_and_holds_nobody_up(seal, tmp_path, caplog):
    engine = Failing()
    pdf.use(pdf.Press(tmp_path / "other", engine))

    assert (seal(), seal()) == (0, 0)

    assert len(engine.made) == 2
    assert "no PDF could be made" in caplog.text
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        pdf.use(pdf.Press(tmp_path / "other", Blank()))
        assert seal() == 2


def test_without_a_certificate_or_an_engine_nothing_is_sealed(seal, tmp_path):
    pdf.use(pdf.Press(tmp_path, None))
    assert seal() == 0

    pdf.use(pdf.Press(tmp_path, Blank()))
    signing.use(None)
    assert seal() == 0


def test_a_seal_that_is_taken_back_is_shown_to_nobody(page, seal, monkeypatch):
    seal()
    ana, code = page(ANA), sealed().code
    monkeypatch.setattr(commands, "open_installation", lambda: None)
    typed = [shown_code(code).lower(), "--reason", "no era su ficha"]

    first, second = (CliRunner().invoke(commands.revoke, typed) for _ in range(2))

    assert (first.exit_code, first.output) == (0, f"{shown_code(code)}: anulado.\n")
    assert "ya estaba anulado" in second.output
    assert ana.get(addresses(ANAS)[1]).status_code == 404
    assert journal("sick_leave.revoke") == ["command-line"]


@pytest.mark.parametrize(
    "typed",
    [["ABCD-EFGH-JKLM", "--reason", "x"], ["ABC", "--reason", "x"], ["ABCD-EFGH-JKLM"]],
)
def test_the_command_says_what_is_wrong(seal, monkeypatch, typed):
    monkeypatch.setattr(commands, "open_installation", lambda: None)

    told = CliRunner().invoke(commands.revoke, typed)

    assert told.exit_code != 0
    with pytest.raises(NotFound):
        revoke_seal(RevokeSeal(COMMAND_LINE, "ABCDEFGHJKLM", "x"))


def test_codes_are_read_as_people_write_them():
    code = new_code()

    assert len(code) == 12
    assert set(code) <= set(ALPHABET)
    assert read_code(f" {shown_code(code).lower()} ") == code
    assert [read_code(typed) for typed in ("", "0" * 12, code + "A", "I" * 12)] == [None] * 4


def test_a_certificate_of_ones_own_is_made_once_for_nobody_else_to_read(tmp_path):
    path = tmp_path / "data" / "seal.p12"
    signing.keep_own_certificate(path, "Ñ" * 80)
    made = path.read_bytes()

    signing.keep_own_certificate(path, "Otra")

    assert path.read_bytes() == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_wrong_certificate_stops_the_start_with_the_settings_name(tmp_path, content):
    path = tmp_path / "seal.p12"
    if content is not None:
        path.write_bytes(content)
    settings = load_settings({}, data_dir=tmp_path, seal_file=str(path))

    with pytest.raises(BadSettings, match="CLINICWEB_SEAL_FILE"):
        signing.configure(settings, RULES, is_demo=False)


def test_whoever_looks_after_the_portal_is_told_that_nothing_is_sealed(tmp_path, caplog):
    signing.configure(load_settings({}, data_dir=tmp_path), RULES, is_demo=False)

    assert "CLINICWEB_SEAL_FILE is not set" in caplog.text
