"""Each sick leave × each person × each state: who reads it, and that it was read (S3-44…S3-48)."""

from datetime import date

import pytest
from sqlalchemy import delete, select

from clinicweb.clinic.models import Patient
from clinicweb.core import clock, db
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import COMMAND_LINE
from clinicweb.documents import leave_queries
from clinicweb.documents.models import DocumentSeal, SickLeave
from clinicweb.documents.policy import earliest_shown, months_after
from clinicweb.documents.sealed_store import DamagedDocument, SealedStore, store
from clinicweb.family.actions import NoteConsent, note_consent
from tests.booking.world import viewer_of
from tests.cast import ANA, CLARA
from tests.documents.leaves import HIDDEN, SEALED, a_leave, a_seal, fill_leaves, leave_of, today
from tests.documents.test_prescriptions import ANAS, BETOS, EVERYBODY, GLORIAS, TABLE, opened
from tests.pages import make_app, sign_in

HOME = "/servicios/incapacidades"


@pytest.fixture
def app(app):
    with db.current().writing() as session:
        fill_leaves(session, store())
    return app


def addresses(mrn, state=SEALED):
    person, leave = leave_of(mrn, state)
    return f"{HOME}/{person}", f"{HOME}/{person}/{leave}/imprimir"


def without_ids(answer, path):
    text = answer.get_data(as_text=True)
    for part in path.split("/"):
        text = text.replace(part, "ID") if len(part) == 22 else text
    return [line for line in text.splitlines() if "nonce" not in line and "csrf" not in line]


@pytest.mark.parametrize("who", TABLE)
def test_each_sick_leave_is_for_whom_the_table_says_and_in_no_other_state(page, who):
    browser = page(who)

    for mrn in EVERYBODY:
        wanted = TABLE[who][mrn]
        listing, paper = addresses(mrn)
        assert [browser.get(path).status_code for path in (listing, paper)] == [wanted] * 2, mrn
        hidden = 404 if wanted == 200 else wanted
        for state in HIDDEN:
            assert browser.get(addresses(mrn, state)[1]).status_code == hidden, (mrn, state)


@pytest.mark.parametrize("state", HIDDEN)
def test_what_is_not_for_reading_answers_as_what_never_was(page, state):
    ana = page(ANA)
    person, _leave = leave_of(ANAS)
    there = addresses(ANAS, state)[1]
    nowhere = f"{HOME}/{person}/{new_public_id()}/imprimir"

    answers = [ana.get(path) for path in (there, nowhere)]

    first, second = (without_ids(*pair) for pair in zip(answers, (there, nowhere), strict=True))
    assert first == second


def test_the_list_has_what_is_sealed_and_nothing_else(page):
    ana = page(ANA)

    ana.get(HOME)
    ana.follow()

    assert "Anaitis sealed" in ana.text()
    assert [state for state in HIDDEN if f"Anaitis {state}" in ana.text()] == []
    assert "de los últimos 6 meses" in ana.text()


def test_the_paper_is_what_was_sealed_within_the_browser(page):
    answer = page(ANA).get(addresses(ANAS)[1])

    assert answer.data == f"%PDF-1.7 {ANAS}-sealed".encode()
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline")


def test_one_that_is_damaged_on_the_disk_is_given_to_nobody(page, caplog):
    path = addresses(ANAS)[1]
    with db.reading() as session:
        query = select(DocumentSeal.content_hash).join(SickLeave)
        digest = session.scalars(query.where(SickLeave.code == f"{ANAS}-sealed")).one()
    kept = store()._place(digest)
    kept.chmod(0o600)
    kept.write_bytes(b"%PDF-1.7 another")

    answer = page(ANA).get(path)

    assert answer.status_code == 503
    assert digest in caplog.text


def test_a_sick_leave_of_one_is_not_found_under_another(page):
    """The person of the address decides whose it must be."""
    (person, _leave), (_person, leave) = leave_of(BETOS), leave_of(ANAS)

    assert page(ANA).get(f"{HOME}/{person}/{leave}/imprimir").status_code == 404


def test_ana_comes_to_those_of_her_family_and_an_adults_by_consent(page):
    ana = page(ANA)

    ana.get(HOME)
    ana.follow()
    ana.click("Ver las de otra persona de su familia")
    assert "Sin autorización" in ana.text()
    assert ana.get(addresses(GLORIAS)[0]).status_code == 403
    note_consent(NoteConsent(COMMAND_LINE, GLORIAS, "en el mesón"))

    assert ana.get(addresses(GLORIAS)[1]).status_code == 200


def test_each_opening_is_a_line_of_the_journal(page):
    ana = page(ANA)
    person, leave = leave_of(BETOS)

    for path in (*addresses(BETOS), addresses(BETOS, "old")[1]):
        ana.get(path)

    assert opened("sick_leaves.read") == [("Ana", person, {"on_behalf": True})]
    assert opened("sick_leave_pdf.read") == [("Ana", leave, {"on_behalf": True})]


def test_another_patients_sick_leave_does_not_exist_for_a_query(app):
    """Whatever the address said: the filter is the query's own."""
    rows = leave_queries.list_sick_leaves(viewer_of("Clara"), since=date.min)

    assert {row.kind for row in rows} == {"Claraitis sealed", "Claraitis old"}


def test_a_correction_that_nobody_stands_for_takes_no_place(page):
    with db.current().writing() as session:
        correction = session.scalars(
            select(SickLeave).where(SickLeave.code == f"{ANAS}-sealed")
        ).one()
        correction.status = "entered-in-error"

    ana = page(ANA)

    assert ana.get(addresses(ANAS)[1]).status_code == 404
    assert ana.get(addresses(ANAS, "superseded")[1]).status_code == 200


def test_the_first_day_of_six_months_ago_is_still_there(page):
    ana = page(ANA)
    # Nobody's midnight in between.
    with clock.frozen(clock.now()):
        with db.current().writing() as session:
            old = session.scalars(select(SickLeave).where(SickLeave.code == f"{ANAS}-old")).one()
            old.issued_on = earliest_shown(today(), 6)

        assert ana.get(addresses(ANAS, "old")[1]).status_code == 200


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        ("2026-03-31", -1, "2026-02-28"),
        ("2028-08-31", -6, "2028-02-29"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-05-20", 24, "2028-05-20"),
    ],
)
def test_months_are_those_of_the_calendar(day, months, found):
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(found)


def test_whoever_has_none_is_told_so(page):
    with db.current().writing() as session:
        session.execute(delete(DocumentSeal))
    clara = page(CLARA)

    clara.get(HOME)
    clara.follow()

    assert "No hay nada para mostrar." in clara.text()


def test_a_clinic_that_has_none_shows_nothing_of_them(clinic_url, tmp_path):
    app = make_app(clinic_url, tmp_path, clinic="historia-clinica")
    with db.current().writing() as session:
        patient = session.scalars(select(Patient).where(Patient.mrn == ANAS)).one()
        session.add(a_seal(a_leave(patient), store()))
    ana = sign_in(app, ANA)

    answers = [ana.get(path).status_code for path in (HOME, f"{HOME}/familia", *addresses(ANAS))]
    ana.get("/mi-historial")

    assert answers == [404] * 4
    assert "ncapacidad" not in ana.text()
    db.current().dispose()


def test_what_is_kept_is_written_once_and_read_whole_or_not_at_all(tmp_path):
    kept = SealedStore(tmp_path)
    digest = kept.keep(b"one")

    assert kept.keep(b"one") == digest
    assert kept.get(digest) == b"one"
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert file.stat().st_mode & 0o777 == 0o400
    with pytest.raises(DamagedDocument):
        kept.get("0" * 64)
