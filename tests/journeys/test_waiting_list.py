"""Who waits for an earlier hour has it by one press of the mail's link."""

import pytest
from playwright.sync_api import expect

from tests.accounts.helped import clinic_file
from tests.journeys import measure, walk
from tests.journeys.conftest import Enter
from tests.journeys.test_mail import link_to
from tests.journeys.visitor import Visitor
from tests.journeys.world import Clinics, Portal

AWAKE = "[waiting]\nquiet_from = 00:00:00\nquiet_to = 00:00:00\n"


@pytest.fixture(scope="module")
def awake(clinics: Clinics, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A clinic that tells people by night as well: a journey may be made at any hour."""
    return clinic_file(tmp_path_factory.mktemp("awake"), AWAKE)


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])
def test_a_freed_hour_reaches_who_waits_and_takes_the_place_of_hers(
    enter: Enter, clinics: Clinics, awake: str, scripts: bool
):
    served = clinics(awake)
    ana, clara = (_at(served, enter(scripts=scripts)) for _ in range(2))
    walk.sign_in(clara, "clara", "Hola, Clara")
    walk.begin(clara)
    walk.search(clara, "Medicina general", "Dr. Pablo Díaz")
    walk.take_day(clara)
    hour = walk.take_hour(clara)
    walk.confirm(clara)
    walk.go_home(clara, "Hola, Clara")

    walk.sign_in(ana)
    ana.press("Avisarme si se libera antes")
    ana.arrive("Avisarme si se libera antes")
    found = measure.complaints(ana)
    ana.press("Avisarme")
    ana.arrive("Mi lista de espera")
    found += measure.complaints(ana)
    walk.release(clara, hour, "Hola, Clara")

    ana.page.goto(link_to(served, "/citas/oferta/", count=3))
    ana.arrive("Se liberó una hora")
    expect(ana.page.locator("main")).to_contain_text("La guardamos para usted hasta")
    found += measure.complaints(ana)
    ana.press("Cambiar mi hora por esta")
    ana.arrive("La hora es suya")
    found += measure.complaints(ana)
    ana.press("Ver mis horas en el portal")
    ana.arrive(walk.ANAS_GREETING)

    expect(ana.cards).to_have_count(1)
    expect(ana.cards).to_contain_text(hour)
    assert found == []


def _at(served: Portal, visitor: Visitor) -> Visitor:
    return Visitor(visitor.page, served.url, visitor.watch, visitor.has_scripts)
