"""Each prescription × each person × each state: who reads it, and that it was read."""

import pytest
from sqlalchemy import select

from clinicweb.audit.models import AuditEvent
from clinicweb.core import db
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import COMMAND_LINE
from clinicweb.documents import queries
from clinicweb.family.actions import NoteConsent, note_consent
from tests.booking.world import viewer_of
from tests.cast import ANA, CLARA, DIAZ, ELSA
from tests.documents.world import HIDDEN, paper_of
from tests.pages import make_app, sign_in

HOME = "/servicios/recetas"
ANAS, BETOS, CLARAS, GLORIAS, HUGOS = "1001", "1002", "1003", "1101", "1102"
EVERYBODY = (ANAS, BETOS, CLARAS, GLORIAS, HUGOS)
# What each meets at a prescription of each of them; 403: told that it takes a consent.
TABLE = {
    None: dict.fromkeys(EVERYBODY, 303),
    ANA: {ANAS: 200, BETOS: 200, CLARAS: 404, GLORIAS: 403, HUGOS: 404},
    CLARA: dict.fromkeys(EVERYBODY, 404) | {CLARAS: 200},
    DIAZ: dict.fromkeys(EVERYBODY, 404),
    ELSA: dict.fromkeys(EVERYBODY, 404),
}


def addresses(mrn, status="active"):
    person, paper = paper_of(mrn, status)
    everything, one = f"{HOME}/{person}", f"{HOME}/{person}/{paper}"
    return everything, one, f"{everything}/imprimir", f"{one}/imprimir"


def opened(action):
    query = select(AuditEvent).where(AuditEvent.action == action)
    with db.reading() as session:
        return [(row.actor_name, row.record_id, row.detail) for row in session.scalars(query)]


@pytest.mark.parametrize("who", TABLE)
def test_everybody_reads_what_the_table_says(page, who):
    browser = page(who)

    for mrn, wanted in TABLE[who].items():
        answers = [browser.get(path) for path in addresses(mrn)]
        assert [answer.status_code for answer in answers] == [wanted] * 4, mrn
        assert ("cilina" in answers[1].get_data(as_text=True)) is (wanted == 200)


@pytest.mark.parametrize("status", HIDDEN)
def test_what_was_never_ordered_is_not_there(page, status):
    ana = page(ANA)
    everything, one, _all_printed, printed = addresses(ANAS, status)

    assert ana.get(one).status_code == 404
    assert ana.get(printed).status_code == 404
    ana.get(everything)
    assert ana.text().count("1 medicamento") == 1


def test_a_prescription_of_one_is_not_found_under_another(page):
    """The person of the address decides whose it must be."""
    ana, (person, _paper), (_person, paper) = page(ANA), paper_of(BETOS), paper_of(ANAS)

    assert ana.get(f"{HOME}/{person}/{paper}").status_code == 404
    assert ana.get(f"{HOME}/{person}/{new_public_id()}").status_code == 404


def test_an_adult_who_allowed_it_is_read_for(page):
    ana = page(ANA)
    assert ana.get(addresses(GLORIAS)[1]).status_code == 403

    note_consent(NoteConsent(COMMAND_LINE, GLORIAS, "en el mesón"))

    assert ana.get(addresses(GLORIAS)[1]).status_code == 200


def test_each_opening_is_a_line_of_the_journal(page):
    ana = page(ANA)
    person, paper = paper_of(BETOS)

    for path in (*addresses(BETOS), addresses(CLARAS)[1], addresses(ANAS)[1]):
        ana.get(path)

    assert opened("prescriptions_pdf.read") == [("Ana", person, {"on_behalf": True})]
    assert opened("prescription_pdf.read") == [("Ana", paper, {"on_behalf": True})]
    assert opened("prescriptions.read") == [("Ana", person, {"on_behalf": True})]
    assert opened("prescription.read") == [
        ("Ana", paper, {"on_behalf": True}),
        ("Ana", paper_of(ANAS)[1], None),
    ]


def test_another_patients_prescription_does_not_exist_for_a_query(app):
    """Whatever the address said: the filter is the query's own."""
    clara = viewer_of("Clara")

    names = {one.medication for row in queries.list_prescriptions(clara) for one in row.medications}

    assert names == {"Claracilina active"}


def test_without_families_one_comes_to_ones_own_at_once(clinic_url, tmp_path):
    app = make_app(clinic_url, tmp_path, clinic="teleconsulta")
    ana = sign_in(app, ANA)

    ana.get("/mi-historial")
    ana.click("Recetas médicas")
    ana.follow()

    assert "No hay recetas" in ana.text()
    db.current().dispose()


def test_a_clinic_that_has_none_shows_nothing_of_them(clinic_url, tmp_path):
    app = make_app(clinic_url, tmp_path, clinic="chat-clinico")
    ana = sign_in(app, ANA)

    assert ana.get(HOME).status_code == 404
    ana.get("/mi-historial")
    assert "Recetas" not in ana.text()
    db.current().dispose()
