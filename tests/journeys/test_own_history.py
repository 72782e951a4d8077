"""What was, and what is to come, as Ana looks it up."""

import pytest
from playwright.sync_api import expect

from tests.journeys import measure, walk
from tests.journeys.conftest import Enter

both_ways = pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])


@both_ways
def test_ana_finds_her_attention_and_its_page_for_paper(enter: Enter, scripts: bool):
    """S0-37: each page without a barrier, on both screens."""
    ana = enter(scripts=scripts)
    walk.sign_in(ana)
    ana.press("Mi historial")
    ana.arrive("Mi historial")
    rows = ana.page.locator("tbody tr")
    expect(rows).to_have_count(1)
    found = [*measure.squeezes(ana.page), *measure.small_targets(ana.page)]

    ana.activate(ana.page.locator("summary").filter(has_text="Buscar en mi historial"))
    ana.type("Profesional o especialidad", "cardiologia")
    ana.press("Buscar")
    expect(ana.page.get_by_text("No hay atenciones en esta lista")).to_be_visible()
    found += [*measure.squeezes(ana.page), *measure.small_targets(ana.page)]
    ana.press("Quitar los filtros")
    expect(rows).to_have_count(1)
    ana.press("Próximas")
    expect(ana.page.locator("[aria-current=true]")).to_have_text("Próximas")
    if scripts:
        found += measure.barriers(ana.page)
    ana.press("Versión para imprimir")
    expect(ana.page.get_by_text("no reemplaza ningún documento oficial")).to_be_visible()
    ana.page.emulate_media(media="print")

    expect(ana.page.get_by_role("navigation")).to_have_count(0)
    expect(ana.page.locator("header")).to_be_visible()
    assert found == []


def test_ana_reads_who_saw_her_data(enter: Enter):
    ana = enter()
    walk.sign_in(ana)
    ana.press("Mi historial")
    ana.arrive("Mi historial")
    ana.press("Quién vio mis datos")
    ana.arrive("Quién vio mis datos")
    found = [*measure.squeezes(ana.page), *measure.small_targets(ana.page)]

    ana.activate(ana.page.locator("summary").filter(has_text="Buscar en esta lista"))
    ana.page.get_by_label("Qué").select_option(label="Lecturas")
    ana.press("Buscar")

    expect(ana.page.get_by_role("link", name="Quitar los filtros")).to_be_visible()
    expect(ana.page.get_by_label("Qué")).to_have_value("lecturas")
    found += [*measure.squeezes(ana.page), *measure.barriers(ana.page)]
    assert found == []
