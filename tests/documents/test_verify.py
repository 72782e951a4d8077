"""«Verificar documento»: what strangers learn of a code or a file, and how often they may ask."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage

from clinicweb.core import clock, db
from clinicweb.core.viewer import COMMAND_LINE
from clinicweb.documents import policy, signature
from clinicweb.documents.codes import new_code, shown_code
from clinicweb.documents.engines import PdfFailed
from clinicweb.documents.models import DocumentSeal, SickLeave
from clinicweb.documents.policy import SealFacts, initials, worth
from clinicweb.documents.seal_actions import RevokeSeal, revoke_seal
from clinicweb.documents.sealed_store import store
from clinicweb.documents.signature import Signature
from tests.chat.test_file_pages import post
from tests.documents.leaves import today
from tests.documents.sealing import sealed
from tests.pages import make_app

DAY = today()
PAGE = "/verificar"


@pytest.fixture
def app(sealing_app, seal):
    """Two documents are sealed by the very program that signs."""
    seal()
    return sealing_app


@pytest.fixture
def paper(app):
    return store().get(sealed().content_hash)


def token(stranger):
    if stranger.page is None:
        stranger.get(PAGE)
        stranger.token = stranger.form("Verificar").values["csrf_token"]
    return stranger.token


def ask(stranger, code):
    return stranger.post(PAGE, data={"csrf_token": token(stranger), "code": code})


def hand_in(stranger, content, name="incapacidad.pdf"):
    file = FileStorage(io.BytesIO(content), name)
    return post(stranger, f"{PAGE}/archivo", {"csrf_token": token(stranger), "file": file})


def html(stranger):
    return stranger.last.get_data(as_text=True)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ((True, False, False, DAY), policy.VALID),
        ((True, False, False, DAY - timedelta(days=1)), policy.EXPIRED),
        ((True, False, True, DAY - timedelta(days=1)), policy.SUPERSEDED),
        ((True, True, True, DAY), policy.REVOKED),
        ((False, True, True, DAY), policy.ALTERED),
    ],
)
def test_of_several_reasons_the_gravest_is_told(facts, state):
    assert worth(SealFacts(*facts), DAY) == state


@pytest.mark.parametrize(
    ("name", "told"), [("Ana Núñez", "A. N."), ("  ángel de (la) Ñ. ", "Á. D. L. Ñ."), ("·", "")]
)
def test_initials_are_letters_alone(name, told):
    assert initials(name) == told


def test_a_code_tells_initials_and_days_and_nothing_else(page):
    stranger = page(None)

    assert ask(stranger, shown_code(sealed().code).lower()).status_code == 200

    text = stranger.text()
    assert "Documento válido" in text
    assert "A. N." in text
    assert [word for word in ("Ana", "Núñez", "Anaitis", "Díaz", "1001-") if word in text] == []


def change(column, value):
    with db.current().writing() as session:
        table = column.class_
        key = table.sick_leave_id if table is DocumentSeal else table.id
        hers = select(SickLeave.id).where(SickLeave.code == "1001-sealed").scalar_subquery()
        session.execute(update(table).where(key == hers).values({column.key: value}))


def correct():
    with db.current().writing() as session:
        old = session.scalars(select(SickLeave).where(SickLeave.code == "1001-sealed")).one()
        newer = SickLeave(
            code="newer", patient_id=old.patient_id, status="final", kind="x", replaces_id=old.id,
            issued_on=old.issued_on, starts_on=old.starts_on, ends_on=old.ends_on,
        )  # fmt: skip
        session.add(newer)


def damage():
    kept = store()._place(sealed().content_hash)
    kept.chmod(0o600)
    kept.write_bytes(b"%PDF-1.7 another")


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (lambda: revoke_seal(RevokeSeal(COMMAND_LINE, sealed().code, "x")), "Documento anulado"),
        (lambda: change(SickLeave.status, "entered-in-error"), "Documento anulado"),
        (correct, "Documento reemplazado"),
        (lambda: change(DocumentSeal.expires_on, DAY - timedelta(days=2)), "Documento vencido"),
        (damage, "Documento alterado"),
    ],
    ids=["revoked", "void", "superseded", "expired", "damaged"],
)
def test_what_no_longer_holds_is_said_by_its_code(page, happens, told):
    happens()
    stranger = page(None)

    ask(stranger, sealed().code)

    assert told in stranger.text()
    assert "Documento válido" not in stranger.text()


def test_a_code_that_nobody_knows_is_told_so_and_stays_in_its_field(page):
    stranger = page(None)

    for code in (new_code(), "nada", "x" * 40):
        assert ask(stranger, code).status_code == 422
        assert f'value="{code}"' in html(stranger)
    assert ask(stranger, "").status_code == 422


def test_who_guesses_meets_an_end_and_who_has_a_code_does_not(page):
    """Per network; a right code costs nothing."""
    stranger, code = page(None), sealed().code

    with clock.frozen(clock.now()):
        right = [ask(stranger, code).status_code for _ in range(4)]
        wrong = [ask(stranger, new_code()).status_code for _ in range(31)]

        assert set(right) == {200}
        assert wrong == [422] * 30 + [429]
        assert int(ask(stranger, code).headers["Retry-After"]) > 0
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert ask(stranger, code).status_code == 200


def test_many_who_guess_together_meet_an_end_too(page):
    stranger, answers = page(None), []

    with clock.frozen(clock.now()):
        for number in range(62):
            stranger.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
            answers.append(ask(stranger, new_code()).status_code)

    assert answers == [422] * 60 + [429] * 2


def test_the_file_itself_is_valid_and_after_any_flipped_byte_it_is_altered(
    page, paper, record_property
):
    """Also where no signature reaches, and where the file no longer tells its code."""
    stranger = page(None)
    assert hand_in(stranger, paper).status_code == 200
    assert "Documento válido" in stranger.text()
    assert "A. N." in stranger.text()

    mark = paper.index(b"clinicweb") + 12
    places = [0, paper.index(b"/Contents <") + 40, len(paper) // 2, mark, len(paper) - 2]
    for at in places:
        flipped = bytearray(paper)
        flipped[at] ^= 1
        hand_in(stranger, bytes(flipped))
        assert "Documento alterado" in stranger.text(), at
        assert "A. N." not in stranger.text()
    record_property("flipped", len(places))


HOSTILE = {
    "empty": b"",
    "words": b"Hola",
    "no pdf": b"%PDF-1.7\n",
    "endless": b"%PDF-1.7\nxref\n0 1\ntrailer<</Prev 9>>\nstartxref\n9\n%%EOF",
    "deep": b"%PDF-1.7\n" + b"[" * 100_000 + b"\nstartxref\n9\n%%EOF",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_was_never_ours_is_told_so(page, name):
    stranger = page(None)

    assert hand_in(stranger, HOSTILE[name]).status_code == 422
    assert "no es un documento con sello de esta clínica" in stranger.text()


def test_one_that_another_signed_is_none_of_ours(page, monkeypatch):
    monkeypatch.setattr(
        "clinicweb.documents.verification.signature_of", lambda _: Signature("f" * 64, is_good=True)
    )

    stranger = page(None)
    hand_in(stranger, b"%PDF-1.7 another clinic")

    assert "no es un documento con sello de esta clínica" in stranger.text()


@pytest.mark.parametrize(
    ("content", "name"), [(b"x" * (512 * 1024 + 1), "a.pdf"), (b"", ""), (b"x", "a" * 1001)]
)
def test_what_is_too_large_or_no_file_is_looked_at_by_nobody(page, monkeypatch, content, name):
    monkeypatch.setattr(signature, "run_bounded", None)

    assert hand_in(page(None), content, name).status_code == 422


def test_a_file_that_is_ours_is_not_called_altered_for_want_of_time(page, paper, monkeypatch):
    def slow(*_given):
        raise PdfFailed("too slow")

    monkeypatch.setattr(signature, "run_bounded", slow)

    assert hand_in(page(None), paper).status_code == 503


def test_a_qr_leads_to_the_form_with_its_code_and_asks_nothing_by_itself(page):
    stranger = page(None)

    stranger.get(f"{PAGE}?codigo={sealed().code}")

    assert shown_code(sealed().code) in html(stranger)
    assert "Documento válido" not in stranger.text()
    assert stranger.get(f"{PAGE}?codigo=<script>").status_code == 200


def test_a_clinic_that_seals_nothing_verifies_nothing(clinic_url, tmp_path):
    browser = make_app(clinic_url, tmp_path, clinic="chat-clinico").test_client()

    assert browser.get(PAGE).status_code == 404
    db.current().dispose()
