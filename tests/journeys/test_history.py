"""Back, forward, reload and double click at every step: nothing lost, nothing twice."""

import pytest
from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.journeys.world import Portal

both_ways = pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "no-javascript"])


@both_ways
def test_back_and_reload_lose_nothing_and_book_once(enter: Enter, portal: Portal, scripts: bool):
    """S0-19, S0-20, S0-21, S0-23, S0-24, S0-25, S0-26, S0-29."""
    ana = enter(scripts=scripts)
    walk.sign_in(ana)
    stir(ana, walk.ANAS_GREETING)

    walk.begin(ana)
    stir(ana, walk.SEARCH, before=walk.ANAS_GREETING)
    walk.search(ana)
    stir(ana, walk.SEARCH, before=walk.ANAS_GREETING if scripts else walk.SEARCH)
    expect_the_search(ana)
    walk.take_day(ana)
    expect_the_search_behind(ana)
    stir(ana, walk.HOUR, before=walk.SEARCH)
    expect(ana.hours).to_have_count(4)
    hour = walk.take_hour(ana, 2)
    stir(ana, walk.CHECK, before=walk.HOUR)
    expect(ana.page.locator("dl")).to_contain_text(f", {hour}")
    expect_the_hour_behind(ana)
    walk.confirm(ana)
    stir(ana, walk.DONE, before=walk.DONE)
    walk.go_home(ana)

    expect(ana.cards).to_have_count(2)
    assert len(portal.live_appointments("ana")) == 2


@both_ways
def test_a_double_click_counts_once_and_back_never_shows_the_form_again(
    enter: Enter, portal: Portal, scripts: bool
):
    """S0-25, S0-26, S0-27, S0-30: each address of the flow answers with its result."""
    ana = enter(scripts=scripts)
    walk.sign_in(ana)
    walk.begin(ana)
    walk.search(ana)
    walk.take_day(ana)
    hour = walk.take_hour(ana)
    ana.control("Confirmar Reserva").dblclick()
    ana.arrive(walk.DONE)
    assert len(portal.live_appointments("ana")) == 2
    walk.go_home(ana)

    for expected in [walk.DONE, walk.DONE, walk.DONE]:  # done, check, hours
        ana.back()
        ana.arrive(expected)
        expect(ana.page.locator("main button")).to_have_count(0)
    ana.reload()
    ana.arrive(walk.DONE)
    assert len(portal.live_appointments("ana")) == 2

    walk.go_home(ana)
    card = ana.cards.filter(has_text=f", {hour}")
    ana.activate(card.get_by_role("link", name="Liberar"))
    ana.arrive(walk.RELEASE)
    ana.control("Liberar").dblclick()
    ana.arrive(walk.ANAS_GREETING)
    assert len(portal.live_appointments("ana")) == 1


def stir(visitor: Visitor, heading: str, before: str | None = None) -> None:
    """Reload; then Back and forward again, when there is something before."""
    visitor.reload()
    visitor.arrive(heading)
    if before:
        visitor.back()
        visitor.arrive(before)
        visitor.forward()
        visitor.arrive(heading)


def expect_the_search(visitor: Visitor) -> None:
    chosen = visitor.page.locator("option:checked")
    expect(chosen.filter(has_text="Cardiología")).to_have_count(1)
    expect(chosen.filter(has_text="Dra. Inés Soto")).to_have_count(1)


def expect_the_search_behind(visitor: Visitor) -> None:
    visitor.back()
    visitor.arrive(walk.SEARCH)
    expect_the_search(visitor)
    expect(visitor.page.locator("#days .selected")).to_have_count(1)
    visitor.forward()
    visitor.arrive(walk.HOUR)


def expect_the_hour_behind(visitor: Visitor) -> None:
    visitor.back()
    visitor.arrive(walk.HOUR)
    expect(visitor.page.locator("input:checked")).to_have_count(1)
    visitor.forward()
    visitor.arrive(walk.CHECK)
