"""A family's sick leaves, by the words of its manual (S3)."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from clinicweb.documents.sealed_store import SealedStore
from tests.cast import PASSWORD
from tests.documents.leaves import fill_leaves
from tests.family.world import fill_family
from tests.journeys import measure
from tests.journeys.conftest import Enter
from tests.journeys.world import Clinics, Portal


def fill(session: Session) -> None:
    fill_family(session)
    bound = session.get_bind()
    assert isinstance(bound, Engine)
    fill_leaves(session, SealedStore(Path(str(bound.url.database)).parent / "sealed"))


@pytest.fixture
def portal(clinics: Clinics) -> Portal:
    return clinics("afiliados", fill)


@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])
def test_ana_prints_her_sick_leave(enter: Enter, portal: Portal, scripts: bool):
    """S3-44, S3-45, S3-46, S3-47, S3-48: each page without a barrier, on both screens."""
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
    ana.page.get_by_role("link", name="Incapacidades", exact=True).click()
    ana.arrive("Incapacidades")
    rows = ana.page.locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Anaitis sealed")
    look("list")
    printing = rows.get_by_role("link", name="Imprimir")
    expect(printing).to_have_attribute("target", "_blank")
    paper = ana.page.request.get(f"{portal.url}{printing.get_attribute('href')}")
    assert (paper.status, paper.headers["content-type"]) == (200, "application/pdf")
    ana.activate(ana.page.get_by_role("link", name="Ver las de otra persona de su familia"))
    expect(ana.page.locator("tbody")).to_contain_text("Parentesco")
    expect(rows).to_have_count(3)
    look("family")

    assert {name: lines for name, lines in found.items() if lines} == {}
