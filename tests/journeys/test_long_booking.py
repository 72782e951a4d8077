"""The long way to an hour of ``oficina-virtual``, in a real browser, by the words of its manual."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bench.weight import BOOKING, BOOKING_REQUESTS, Meter
from tests.booking import long_way
from tests.journeys import measure, walk
from tests.journeys.conftest import Enter
from tests.journeys.keyboard import KeyboardVisitor
from tests.journeys.visitor import Visitor
from tests.journeys.world import Portal

ECO = "Ecografía abdominal"
SLIDES = (
    "Aquí asigna sus citas",
    "Busque como le sea más fácil",
    "La hora que elige se guarda un momento",
)
Stops = Iterator[str]
both_ways = pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, owner_lock: Path, sqlite_template: Path
) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("oficina")
    portal = Portal(
        folder,
        owner_lock=owner_lock,
        empty=sqlite_template,
        clinic=str(long_way.clinic_file(folder)),
        more=long_way.fill,
    )
    portal.start()
    yield portal
    portal.stop()


@pytest.mark.parametrize(
    "way", [(KeyboardVisitor, True), (Visitor, False)], ids=["htmx and no mouse", "no-javascript"]
)
def test_ana_walks_the_whole_way_by_the_words_of_the_manual(
    enter: Enter, portal: Portal, way: tuple[type[Visitor], bool], record_property
):
    """S1-14…22, S1-24…31: each page without a barrier, on both screens; light from end to end."""
    kind, scripts = way
    ana = enter(kind, scripts=scripts)
    before = len(portal.live_appointments("ana"))
    meter, searches = Meter(ana.page), []
    ana.page.on("request", lambda asked: searches.append(asked.url) if "?q=" in asked.url else None)

    found = {stop: measure.complaints(ana) for stop in the_way(ana)}

    assert len(found) == 16
    assert {stop: lines for stop, lines in found.items() if lines} == {}
    assert len(portal.live_appointments("ana")) == before + 1
    if scripts:
        traffic = meter.take()
        record_property("bytes", traffic.total)
        record_property("requests", traffic.requests)
        assert traffic.total <= BOOKING
        # Who types slowly is answered more than once.
        assert traffic.requests - len(searches[1:]) <= BOOKING_REQUESTS


@both_ways
def test_ana_books_two_appointments_at_once(enter: Enter, portal: Portal, scripts: bool):
    """S1-23: «Varias citas»: both on one day, with time to go from one site to the other."""
    ana = enter(scripts=scripts)
    before = len(portal.live_appointments("ana"))

    found = {stop: measure.complaints(ana) for stop in several(ana)}

    assert {stop: lines for stop, lines in found.items() if lines} == {}
    assert len(portal.live_appointments("ana")) == before + 2


def come_in(ana: Visitor) -> None:
    ana.open("/ingresar")
    ana.type("Número de documento o correo", "ana")
    ana.type("Contraseña", walk.PASSWORD)
    ana.press("Iniciar sesión")
    ana.arrive(walk.ANAS_GREETING)


def begin(ana: Visitor) -> Stops:
    """S1-14 to S1-20."""
    come_in(ana)
    expect(ana.page.get_by_role("heading", name="Citas médicas")).to_be_visible()
    yield "home"
    ana.press("Ingresar")
    ana.arrive("Seleccione el convenio")
    yield "agreement"
    ana.pick(ana.page.get_by_label("Fonasa"))
    ana.press("Aceptar")
    ana.arrive("Así se asigna una cita")
    for number, title in enumerate(SLIDES, start=1):
        slides = ana.page.locator(".slide:visible")
        expect(slides).to_have_count(1)
        expect(slides).to_contain_text(title)
        expect(slides).to_contain_text(f"Lámina {number} de 3")
        yield f"guide {number}"
        ana.activate(slides.get_by_role("link", name="Siguiente").or_(ana.control("Comenzar")))
    ana.arrive("Citas médicas")
    yield "start"
    ana.press("Nueva cita")
    ana.arrive("Seleccione el tipo de cita")
    yield "type"
    ana.press("Medicina")
    ana.arrive("Seleccione la modalidad")
    expect(ana.control("Virtual")).to_be_visible()
    yield "modality"
    ana.press("Presencial")
    ana.arrive("¿Cómo quiere buscar?")
    for way in ("Por médico", "Por especialidad", "Varias citas"):
        expect(ana.control(way)).to_be_visible()
    yield "way"


def the_way(ana: Visitor) -> Stops:
    """S1-14 to S1-31."""
    yield from begin(ana)
    ana.press("Por procedimiento")
    ana.arrive("Busque el procedimiento")
    look_for(ana, "ecografja")
    yield "search"
    ana.press(ECO)
    ana.arrive("Seleccione la ciudad")
    yield "city"
    ana.press("Santiago")
    ana.arrive("Elija las fechas")
    expect(ana.page.get_by_text("Sólo hay una sede: Sede Norte")).to_be_visible()
    yield "dates"
    ana.press("Ver agenda")
    ana.arrive("Elija la hora")
    ana.activate(ana.page.locator("#agenda-days a").nth(1))
    expect(ana.page.locator("#agenda-days [aria-current]")).to_have_attribute(
        "id", ana.page.locator("#agenda-days a").nth(1).get_attribute("id") or ""
    )
    ana.rest()
    yield "agenda"
    ana.pick(ana.hours.first)
    ana.press("Continuar")
    ana.arrive("Lea las recomendaciones")
    expect(ana.page.get_by_text(long_way.RECOMMENDED)).to_be_visible()
    yield "recommendations"
    ana.press("Siguiente")
    ana.arrive("Revise su reserva")
    expect(ana.page.locator("dl")).to_contain_text(ECO)
    yield "summary"
    ana.press("Asignar cita")
    ana.arrive(long_way.BOOKED)
    yield "booked"


def several(ana: Visitor) -> Stops:
    for _stop in begin(ana):
        pass
    ana.press("Varias citas")
    ana.arrive("Varias citas")
    yield "none yet"
    ana.press(ECO)
    expect(ana.control("Quitar")).to_be_visible()
    ana.rest()
    ana.press("Radiografía de tórax")
    expect(ana.control("Continuar con 2 citas")).to_be_visible()
    ana.rest()
    yield "two"
    ana.press("Continuar con 2 citas")
    ana.arrive("Seleccione la sede")
    yield "site"
    ana.press("Cualquier sede")
    ana.arrive("Elija las fechas")
    ana.press("Ver agenda")
    ana.arrive("Elija las horas")
    yield "hours"
    ana.pick(ana.hours.first)
    ana.press("Continuar")
    ana.arrive("Lea las recomendaciones")
    ana.press("Siguiente")
    ana.arrive("Revise su reserva")
    yield "summary"
    ana.press("Asignar cita")
    ana.arrive(long_way.BOOKED)
    yield "booked"


def look_for(ana: Visitor, words: str) -> None:
    """S1-24: with scripts it is found while one types; without them the magnifier asks."""
    ana.type("Nombre del procedimiento", words)
    if not ana.has_scripts:
        ana.press("Buscar")
    expect(ana.page.locator("#found li")).to_have_count(1)
    ana.rest()
