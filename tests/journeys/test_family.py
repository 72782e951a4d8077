"""A family's way to an appointment and back, by the words of its manual (S3)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.booking.models import FREE, Slot, WebQuota
from clinicweb.clinic.models import Practitioner, Service
from clinicweb.core import clock
from tests.cast import PASSWORD
from tests.family.world import fill_family
from tests.journeys import measure
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import Clinics, Portal

NO_HOURS = "No existen citas disponibles por web para éste médico"


def fill(session: Session) -> None:
    """Ana's family; a clinic that opens but one service, and of one doctor nothing any more."""
    fill_family(session)
    for service in session.scalars(select(Service)):
        service.booking = "direct" if service.code == "mg" else "view"
    for doctor in session.scalars(select(Practitioner)):
        doctor.shift = "Mañana"
    soto = session.scalars(select(Practitioner).where(Practitioner.code == "soto")).one()
    slots = session.scalars(
        select(Slot).where(Slot.practitioner_id == soto.id, Slot.status == FREE)
    ).all()
    for day in sorted({(slot.day, slot.service_id, slot.site_id, slot.modality) for slot in slots}):
        of_day = dict(zip(("day", "service_id", "site_id", "modality"), day, strict=True))
        session.add(WebQuota(practitioner_id=soto.id, total=0, taken=0, **of_day))
    soon = clock.now() + timedelta(hours=4)
    diaz = next(s for s in session.scalars(select(Slot)) if s.practitioner_id != soto.id)
    diaz.starts_at, diaz.ends_at = soon, soon + timedelta(minutes=30)
    diaz.day = clock.local_day(soon, "America/Santiago")


@pytest.fixture
def portal(clinics: Clinics) -> Portal:
    return clinics("afiliados", fill)


@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])
def test_ana_asks_for_an_appointment_for_beto_and_cancels_it(
    enter: Enter, portal: Portal, scripts: bool
):
    """S3-2, S3-20…29, S3-30…39, S3-83…85: each page without a barrier, on both screens."""
    ana = enter(scripts=scripts)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        ana.rest()
        found[name] = measure.complaints(ana)

    _sign_in(ana)
    _to_beto(ana, look)
    _choose(ana, look)
    _confirm(ana, look)
    _cancel(ana, look)

    assert {name: lines for name, lines in found.items() if lines} == {}
    assert len(found) >= 8


def _sign_in(ana: Visitor) -> None:
    ana.open("/ingresar")
    ana.type("Número de afiliación o correo", "ana")
    ana.page.locator("input[name=password]").fill(PASSWORD)
    ana.press("Iniciar sesión")
    expect(ana.heading).to_contain_text("Hola")


def _to_beto(ana: Visitor, look: Callable[[str], None]) -> None:
    """S3-20, S3-21, S3-22: who has left the family is not there."""
    ana.page.locator("summary").filter(has_text="Servicios médicos").click()
    ana.page.get_by_role("link", name="Citas", exact=True).click()
    ana.arrive("Citas")
    rows = ana.page.locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="Hugo")).to_have_count(0)
    look("members")
    ana.activate(rows.filter(has_text="Beto").get_by_role("link"))
    ana.arrive("Citas de Beto Núñez")
    look("member")


def _choose(ana: Visitor, look: Callable[[str], None]) -> None:
    """S3-23, S3-24, S3-30, S3-83: one service, its doctors with their shift, of one no hours."""
    ana.press("Solicitar cita")
    ana.arrive("Busque su hora")
    service = ana.page.get_by_label("Servicio médico")
    assert "Cardiología" not in service.inner_text()
    doctors = ana.page.get_by_label("Médico", exact=True)
    assert "Dra. Inés Soto · Mañana" in doctors.inner_text()
    _pick(ana, "Dra. Inés Soto · Mañana")
    expect(ana.page.locator("#days")).to_contain_text(NO_HOURS)
    expect(ana.page.locator("#days")).to_contain_text("+52 664 555 0170")
    look("no web hours")
    _pick(ana, "Dr. Pablo Díaz · Mañana")
    look("days")
    ana.activate(ana.days.last)
    ana.arrive("Elija la hora")
    look("hours")
    ana.pick(ana.hours.first)


def _pick(ana: Visitor, doctor: str) -> None:
    ana.select(ana.page.get_by_label("Médico", exact=True), doctor)
    if not ana.has_scripts:
        ana.press("Ver horas")
    ana.rest()


def _confirm(ana: Visitor, look: Callable[[str], None]) -> None:
    """S3-27, S3-28, S3-29: the summary, closed once, and then confirmed; S3-39."""
    ana.press("Agendar cita")
    if ana.has_scripts:
        window = ana.page.locator("dialog[open]")
        expect(window).to_contain_text("Beto Núñez")
        look("window")
        window.get_by_role("button", name="Cerrar y cambiar").click()
        expect(window).to_have_count(0)
        ana.press("Agendar cita")
        expect(window).to_contain_text("Beto Núñez")
        window.get_by_role("button", name="Agendar cita").click()
    else:
        ana.arrive("Revise su reserva")
        look("summary")
        ana.press("Agendar cita")
    ana.arrive("Su cita fue agendada correctamente")
    look("done")
    ana.press("Volver al inicio")
    ana.arrive("Citas de Beto Núñez")
    expect(ana.page.locator("tbody tr")).to_have_count(1)


def _cancel(ana: Visitor, look: Callable[[str], None]) -> None:
    """S3-31…37: with its data, and that there is no way back."""
    ana.activate(ana.page.locator("tbody tr").get_by_role("link", name="Cancelar"))
    ana.arrive("¿Quiere cancelar esta cita?")
    expect(ana.page.locator("main")).to_contain_text("no es reversible")
    look("cancel")
    ana.press("Cancelar")
    ana.arrive("Citas de Beto Núñez")
    expect(ana.page.get_by_role("status")).to_contain_text("La cita fue cancelada correctamente")
    ana.press("Canceladas")
    expect(ana.page.locator("tbody tr")).to_have_count(1)
