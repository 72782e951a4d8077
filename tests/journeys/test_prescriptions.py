"""A family's prescriptions, by the words of its manual (S3)."""

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.cast import PASSWORD
from tests.documents.world import fill_papers
from tests.family.world import fill_family
from tests.journeys import measure
from tests.journeys.conftest import Enter
from tests.journeys.world import Clinics, Portal

NOTICE = "Este listado es únicamente para consulta y no reemplaza ningún documento oficial."


def fill(session: Session) -> None:
    fill_family(session)
    fill_papers(session)


@pytest.fixture
def portal(clinics: Clinics) -> Portal:
    return clinics("afiliados", fill)


@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])
def test_ana_reads_what_beto_was_prescribed(enter: Enter, portal: Portal, scripts: bool):
    """S3-40, S3-41, S3-42, S3-43: each page without a barrier, on both screens."""
    ana = enter(scripts=scripts)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        ana.rest()
        found[name] = measure.complaints(ana)

    ana.open("/ingresar")
    ana.type("Número de afiliación o correo", "ana")
    ana.page.locator("input[name=password]").fill(PASSWORD)
    ana.press("Iniciar sesión")
    expect(ana.heading).to_contain_text("Hola")
    ana.page.locator("summary").filter(has_text="Servicios médicos").click()
    ana.page.get_by_role("link", name="Recetas Médicas", exact=True).click()
    ana.arrive("Recetas Médicas")
    rows = ana.page.locator("tbody tr")
    expect(rows).to_have_count(3)
    look("people")
    ana.activate(rows.filter(has_text="Beto").get_by_role("link", name="Ver recetas"))
    ana.arrive("Recetas de Beto Núñez")
    look("prescriptions")
    ana.activate(ana.page.get_by_role("link", name="Ver medicamentos"))
    ana.arrive("Medicamentos")
    expect(ana.page.locator("tbody")).to_contain_text("Betocilina active")
    expect(ana.page.locator("tbody")).to_contain_text("Tome una cada mañana.")
    expect(ana.page.locator("main")).to_contain_text(NOTICE)
    printing = ana.page.get_by_role("link", name="Imprimir")
    expect(printing).to_have_attribute("target", "_blank")
    look("medicines")

    assert {name: lines for name, lines in found.items() if lines} == {}
    assert len(found) == 3
