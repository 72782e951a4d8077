"""When somebody is faster, the line breaks, or the session ends: nothing typed is lost."""

import pytest
from playwright.sync_api import Route, expect

from tests.journeys import walk
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import Portal

TAKEN = "Otra persona tomó esa hora mientras usted elegía."
NO_LINE = "No hay conexión. Lo que escribió sigue aquí."
both_ways = pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])


@both_ways
def test_who_loses_the_race_gets_the_nearest_hours_and_takes_one(
    enter: Enter, portal: Portal, scripts: bool
):
    """S0-23, S0-25: the hour's keeping ended before Ana confirmed, and Clara has it."""
    ana, clara = at_check(enter, scripts), enter()
    portal.end_all_holds()
    walk.sign_in(clara, "clara", "Hola, Clara")
    walk.book(clara)

    ana.press("Confirmar Reserva")
    ana.arrive(walk.HOUR)

    expect(ana.page.get_by_text(TAKEN)).to_have_count(1)
    nearest = ana.page.get_by_role("group", name="Las horas libres más cercanas")
    expect(nearest.get_by_role("radio")).to_have_count(3)
    walk.take_hour(ana)
    expect(ana.page.locator("dl")).to_contain_text("Cardiología")
    walk.confirm(ana)
    assert len(portal.live_appointments("ana")) == 2
    assert len(portal.live_appointments("clara")) == 2


@both_ways
def test_an_hour_that_another_is_choosing_cannot_be_chosen(
    enter: Enter, portal: Portal, scripts: bool
):
    """S0-23: Ana's list is older than Clara's choice."""
    ana = at_hours(enter(scripts=scripts))
    clara = at_hours(enter(), "clara", "Hola, Clara")
    walk.take_hour(clara)

    ana.pick(ana.hours.first)
    ana.press("Continuar con la reserva")
    ana.arrive(walk.HOUR)

    expect(ana.page.get_by_text(TAKEN)).to_have_count(1)
    walk.take_hour(ana)
    walk.confirm(ana)
    walk.confirm(clara)


def test_without_a_line_the_choice_stays_and_a_press_tries_again(enter: Enter, portal: Portal):
    """S0-21, S0-23, S0-25: on the search, on the hours, and on the last button."""
    ana = enter()
    walk.sign_in(ana)
    walk.begin(ana)
    ana.watch.is_line_broken = True

    cut(ana)
    ana.page.get_by_label("Especialidad").select_option("Cardiología")
    retry(ana)
    expect(ana.page.get_by_label("Especialidad").locator("option:checked")).to_have_text(
        "Cardiología"
    )
    expect(ana.days.first).to_be_visible()
    walk.take_day(ana)
    ana.pick(ana.hours.nth(1))
    cut(ana)
    ana.press("Continuar con la reserva")
    expect(ana.page.get_by_text(NO_LINE)).to_be_visible()
    expect(ana.hours.nth(1)).to_be_checked()
    retry(ana)
    ana.arrive(walk.CHECK)
    cut(ana)
    ana.press("Confirmar Reserva")
    retry(ana)
    ana.arrive(walk.DONE)

    assert len(portal.live_appointments("ana")) == 2


def test_a_page_that_is_not_ours_never_replaces_what_was_typed(enter: Enter):
    """S0-23: a gateway answers in the portal's place while it restarts."""
    ana = at_hours(enter())
    ana.watch.is_line_broken = True
    ana.pick(ana.hours.first)

    def gateway(route: Route) -> None:
        route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")

    ana.page.route("**/hora", gateway)
    ana.press("Continuar con la reserva")
    expect(ana.page.get_by_text(NO_LINE)).to_be_visible()
    expect(ana.hours.first).to_be_checked()
    ana.page.unroute("**/hora", gateway)
    ana.press("Reintentar")

    ana.arrive(walk.CHECK)


@both_ways
@pytest.mark.parametrize("step", ["link", "form"])
def test_a_session_ended_elsewhere_leads_through_sign_in_to_the_same_step(
    enter: Enter, portal: Portal, scripts: bool, step: str
):
    """S0-18, S0-23: the answers given so far are kept."""
    ana = at_hours(enter(scripts=scripts))
    end_other_session(enter())
    if step == "form":
        ana.pick(ana.hours.first)
    ana.press("Continuar con la reserva" if step == "form" else "Cambiar la fecha")
    ana.arrive("Iniciar sesión")
    walk.give_name_and_password(ana, "ana")

    if step == "link":
        ana.arrive(walk.SEARCH)
        expect(ana.page.get_by_label("Especialidad").locator("option:checked")).to_have_text(
            "Cardiología"
        )
        walk.take_day(ana)
    ana.arrive(walk.HOUR)
    walk.take_hour(ana)
    walk.confirm(ana)
    assert len(portal.live_appointments("ana")) == 2


def at_hours(visitor: Visitor, name: str = "ana", greeting: str = walk.ANAS_GREETING) -> Visitor:
    walk.sign_in(visitor, name, greeting)
    walk.begin(visitor)
    walk.search(visitor)
    walk.take_day(visitor)
    return visitor


def at_check(enter: Enter, scripts: bool) -> Visitor:
    ana = at_hours(enter(scripts=scripts))
    walk.take_hour(ana)
    return ana


def cut(visitor: Visitor) -> None:
    visitor.page.context.set_offline(True)


def retry(visitor: Visitor) -> None:
    notice = visitor.page.get_by_text(NO_LINE)
    expect(notice).to_be_visible()
    visitor.page.context.set_offline(False)
    visitor.press("Reintentar")
    expect(notice).to_be_hidden()
    visitor.rest()


def end_other_session(visitor: Visitor) -> None:
    walk.sign_in(visitor)
    visitor.own_menu("Ver mi perfil")
    visitor.arrive("Mi perfil")
    visitor.press("Mis sesiones")
    visitor.arrive("Mis sesiones")
    visitor.press("Cerrar esta sesión")
    expect(visitor.page.get_by_text("La sesión se cerró.")).to_be_visible()
