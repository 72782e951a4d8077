"""Every page of the journey, and every way in which it can go wrong, one after the other."""

from collections.abc import Iterator

from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import Portal

Stop = tuple[str, Visitor]


def every_page(enter: Enter, portal: Portal) -> Iterator[Stop]:
    """Name and visitor, who looks at that page now. The next page comes when asked for."""
    ana = enter()
    yield from _coming_in(ana)
    yield from _choosing(ana)
    yield from _mistaken(ana)
    yield from _beaten(ana, enter, portal)
    yield from _booked_and_released(ana)
    yield from _around(ana, enter)


def _coming_in(ana: Visitor) -> Iterator[Stop]:
    ana.open("/ingresar")
    yield "sign in", ana
    walk.give_name_and_password(ana, "ana", "otra cosa")
    expect(ana.page.locator("#errors")).to_be_visible()
    yield "wrong password", ana
    walk.sign_in(ana)
    yield "home", ana


def _choosing(ana: Visitor) -> Iterator[Stop]:
    walk.begin(ana)
    yield "search, nothing chosen", ana
    ana.choose("Especialidad", "Dermatología")
    expect(ana.page.get_by_text("No hay horas libres en estas fechas")).to_be_visible()
    yield "search, empty week", ana
    walk.search(ana)
    yield "search, days", ana
    walk.take_day(ana)
    yield "hours", ana


def _mistaken(ana: Visitor) -> Iterator[Stop]:
    ana.page.locator("main form").evaluate("form => { form.noValidate = true }")
    ana.press("Continuar con la reserva")
    expect(ana.page.locator("#errors")).to_be_visible()
    ana.rest()
    yield "no hour chosen (422)", ana


def _beaten(ana: Visitor, enter: Enter, portal: Portal) -> Iterator[Stop]:
    walk.take_hour(ana)
    yield "check", ana
    portal.end_all_holds()
    clara = enter()
    walk.sign_in(clara, "clara", "Hola, Clara")
    walk.book(clara)
    ana.press("Confirmar Reserva")
    ana.arrive(walk.HOUR)
    expect(ana.page.get_by_text("Otra persona tomó esa hora")).to_be_visible()
    yield "lost race (409)", ana


def _booked_and_released(ana: Visitor) -> Iterator[Stop]:
    hour = walk.take_hour(ana)
    walk.confirm(ana)
    yield "done", ana
    walk.go_home(ana)
    card = ana.cards.filter(has_text=f", {hour}")
    ana.activate(card.get_by_role("link", name="Liberar"))
    ana.arrive(walk.RELEASE)
    yield "release", ana
    ana.press("Liberar")
    ana.arrive(walk.ANAS_GREETING)
    yield "home, released", ana


def _around(ana: Visitor, enter: Enter) -> Iterator[Stop]:
    walk.sign_in(enter())
    ana.own_menu("Ver mi perfil")
    ana.arrive("Mi perfil")
    ana.press("Mis sesiones")
    ana.arrive("Mis sesiones")
    yield "sessions", ana
    ana.page.context.set_offline(True)
    ana.watch.is_line_broken = True
    ana.press("Inicio")
    expect(ana.page.locator("#offline")).to_be_visible()
    yield "offline", ana
    ana.page.context.set_offline(False)
    ana.open("/no-hay-tal-pagina")
    yield "not found (404)", ana
    ana.press("Cerrar sesión")
    ana.arrive("Iniciar sesión")
    yield "signed out", ana
