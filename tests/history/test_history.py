"""«Mi historial»: whose attentions are shown, which of them, and how many at a time (S0-37)."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from clinicweb.booking.models import Appointment
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, db
from clinicweb.core.errors import NotFound
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer
from clinicweb.history.queries import HistorySearch, list_history, list_people
from clinicweb.history.views import A_PAGE
from tests.cast import ANA, ANAS_APPOINTMENT, CLARAS_APPOINTMENT
from tests.checked_client import CheckedClient
from tests.family.world import RULES, fill_family, patient
from tests.pages import make_app

PAGE, PRINT = "/mi-historial", "/mi-historial/imprimir"
TIJUANA = RULES.identity.timezone
DAY = timedelta(days=1)


def add_attention(
    name: str, starts_at: datetime, *, status: str = "fulfilled", like: str = ANAS_APPOINTMENT
) -> str:
    """One more attention of *name*, with the doctor, the service and the site of *like*."""
    with db.current().writing() as session:
        query = select(Appointment).where(Appointment.public_id == like)
        model = session.scalars(query).one()
        added = Appointment(
            public_id=new_public_id(),
            patient_id=session.scalars(select(Patient.id).filter_by(given_name=name)).one(),
            practitioner_id=model.practitioner_id,
            service_id=model.service_id,
            site_id=model.site_id,
            modality=model.modality,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=30),
            status=status,
            created_at=starts_at - DAY,
        )
        session.add(added)
        return added.public_id


def ago(days: int) -> datetime:
    return clock.now() - timedelta(days=days)


def shown(viewer: Viewer, rules: ClinicRules = RULES, most: int = 50, **asked: object) -> list[str]:
    search = HistorySearch(zone=rules.identity.timezone, **asked)  # type: ignore[arg-type]
    rows, _more = list_history(viewer, list_people(viewer, rules), search, most=most)
    return [row.public_id for row in rows]


def rows_of(browser: CheckedClient) -> int:
    assert browser.page is not None
    return len(list(browser.page.elements("tr"))) - 1


@pytest.fixture
def app(clinic_url: str, tmp_path: Path) -> Iterator[Flask]:
    database = db.Database(clinic_url)
    with database.writing() as session:
        fill_family(session)
    database.dispose()
    yield make_app(clinic_url, tmp_path, clinic="afiliados")
    db.current().dispose()


@pytest.fixture
def browser(page) -> CheckedClient:
    return page(ANA)


def test_a_family_is_shown_together_the_latest_first(ana, clara):
    betos = add_attention("Beto", ago(3))
    hers = add_attention("Ana", ago(2), status="noshow")
    add_attention("Gloria", ago(1))  # of age, and has allowed nothing
    add_attention("Hugo", ago(1))  # has left the family

    assert shown(ana) == [ANAS_APPOINTMENT, hers, betos]
    assert shown(ana, person=patient("Beto").public_id) == [betos]
    assert shown(clara) == [CLARAS_APPOINTMENT]
    for name in ("Gloria", "Hugo", "Clara"):
        with pytest.raises(NotFound):
            shown(ana, person=patient(name).public_id)


def test_where_there_are_no_families_everybody_sees_their_own_alone(ana):
    add_attention("Beto", ago(3))
    alone = RULES.model_copy(update={"family": RULES.family.model_copy(update={"is_on": False})})

    assert shown(ana, alone) == [ANAS_APPOINTMENT]


def test_states_part_the_list_and_leave_nothing_out(ana):
    past = add_attention("Ana", ago(1), status="booked")
    noshow = add_attention("Ana", ago(2), status="noshow")
    cancelled = add_attention("Ana", clock.now() + DAY, status="cancelled")
    now = add_attention("Ana", clock.now() - timedelta(minutes=29), status="arrived")

    assert shown(ana, state="proximas") == [ANAS_APPOINTMENT, now]
    assert shown(ana, state="anteriores") == [past, noshow]
    assert shown(ana, state="canceladas") == [cancelled]
    assert len(shown(ana)) == 5


def test_a_period_is_of_the_clinics_days_to_the_second(ana):
    day = clock.local_day(ago(10), TIJUANA)
    midnight, after = (clock.instant_from(d, time.min, TIJUANA) for d in (day, day + DAY))
    second = timedelta(seconds=1)
    first, last = add_attention("Ana", midnight), add_attention("Ana", after - second)
    before, later = add_attention("Ana", midnight - second), add_attention("Ana", after)

    assert shown(ana, first=day, last=day) == [last, first]
    assert before not in shown(ana, first=day)
    assert later not in shown(ana, last=day)


@pytest.mark.parametrize(
    ("words", "found"),
    [("cardio", True), ("SOTO", True), ("soto car", True), ("ardio", False), ("%", None)],
)
def test_words_find_the_doctor_or_the_specialty_by_their_beginning(ana, words, found):
    hers = add_attention("Ana", ago(1), like=CLARAS_APPOINTMENT)

    everything = [ANAS_APPOINTMENT, hers]
    assert shown(ana, words=words) == (everything if found is None else [hers] * found)


def test_pages_leave_nothing_out_and_repeat_nothing(ana, clara):
    """Of hours that begin at the same instant, too."""
    at = ago(5)
    for name, starts_at in (("Ana", at), ("Beto", at), ("Ana", at - DAY), ("Beto", at)):
        add_attention(name, starts_at)
    whole, pages = shown(ana), []
    while not pages or pages[-1]:
        before = pages[-1][-1] if pages else ""
        pages.append(shown(ana, most=2, before=before))

    assert [row for rows in pages for row in rows] == whole
    assert len(whole) == 5
    with pytest.raises(NotFound):
        shown(ana, before=CLARAS_APPOINTMENT)


def test_the_page_leads_to_the_older_ones_and_back(browser):
    for days in range(1, A_PAGE + 6):
        add_attention("Beto", ago(days))
    browser.get("/")
    browser.click("Mi historial")
    first_page = rows_of(browser)
    browser.click("Ver más antiguas →")

    assert first_page == A_PAGE
    assert rows_of(browser) == 6
    browser.click("← Volver a las más recientes")
    assert rows_of(browser) == A_PAGE


def test_filters_are_kept_from_one_page_to_the_next(browser):
    add_attention("Beto", ago(3))
    browser.get(PAGE)
    browser.form(PAGE).fill(persona=patient("Beto").public_id, con="medi").submit()
    browser.click("Anteriores")
    assert "Beto Núñez" in browser.text()

    browser.click("Versión para imprimir")

    assert "Beto Núñez" in browser.text()
    assert "Profesional o especialidad: medi" in browser.text()
    assert "no reemplaza ningún documento oficial" in browser.text()


def test_an_impossible_period_is_said_and_what_was_typed_stays(browser):
    answer = browser.get(f"{PAGE}?desde=2027-03-03&hasta=2027-03-01&con=diaz")

    assert answer.status_code == 422
    assert "no puede ser antes del primero" in browser.text()
    assert 'value="2027-03-03"' in answer.text
    assert 'value="diaz"' in answer.text
    assert browser.get(f"{PRINT}?desde=ayer").status_code == 422


def test_who_never_came_reads_that_there_is_nothing(browser):
    browser.get(f"{PAGE}?estado=canceladas")

    assert "No hay atenciones en esta lista" in browser.text()
    assert "imprimir" not in browser.text()


def test_anothers_id_in_the_address_is_no_page(browser):
    unknown = browser.get(f"{PAGE}?persona={new_public_id()}").status_code
    claras = browser.get(f"{PAGE}?persona={patient('Clara').public_id}").status_code

    assert unknown == claras == 422
    assert browser.get(f"{PAGE}?antes={CLARAS_APPOINTMENT}").status_code == 404
    assert browser.get(f"{PAGE}?antes={new_public_id()}").status_code == 404
    assert "Pérez" not in browser.text()
