"""An employer who was handed a sealed sick leave: no account, by its code, by the file, altered."""

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from clinicweb.documents.codes import mark_of, shown_code
from clinicweb.documents.sealed_store import SealedStore
from tests.documents.leaves import code_of, fill_leaves
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
def test_an_employer_verifies_what_ana_handed_in(enter: Enter, portal: Portal, scripts: bool):
    """S3-48: each page without a barrier, on both screens."""
    code = code_of("1001-sealed")
    employer = enter(scripts=scripts)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        employer.rest()
        found[name] = measure.complaints(employer)

    employer.open(f"/verificar?codigo={code}")
    expect(employer.page.get_by_label("Código del documento")).to_have_value(shown_code(code))
    look("form")
    employer.activate(employer.page.get_by_role("button", name="Verificar", exact=True))
    employer.arrive("Documento válido")
    expect(employer.page.locator("main")).to_contain_text("A. N.")
    look("valid")
    employer.activate(employer.page.get_by_role("link", name="Verificar otro documento"))
    employer.arrive("Verificar documento")
    altered = FilePayload(
        name="incapacidad.pdf",
        mimeType="application/pdf",
        buffer=f"%PDF-1.7 {mark_of(code)}".encode(),
    )
    employer.page.get_by_label("Archivo PDF").set_input_files(altered)
    employer.activate(employer.page.get_by_role("button", name="Verificar archivo"))
    employer.arrive("Documento alterado")
    look("altered")

    assert {name: lines for name, lines in found.items() if lines} == {}
