"""One browser, two tabs, two bookings at once."""

from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.conftest import Enter
from tests.journeys.world import Portal


def test_two_tabs_book_two_hours_and_mix_nothing_up(enter: Enter, portal: Portal):
    """S0-20, S0-21, S0-23, S0-24, S0-25, S0-26, S0-29: step by step, in turns."""
    first = enter()
    walk.sign_in(first)
    second = enter(beside=first)
    second.open("/")

    walk.begin(first)
    walk.begin(second)
    walk.search(first, "Cardiología", "Dra. Inés Soto")
    walk.search(second, "Medicina general", "Dr. Pablo Díaz")
    walk.take_day(first, 0)
    walk.take_day(second, 2)
    early = walk.take_hour(first, 0)
    late = walk.take_hour(second, 3)
    for tab, hour, doctor in [(first, early, "Soto"), (second, late, "Díaz")]:
        expect(tab.page.locator("dl")).to_contain_text(f", {hour}")
        expect(tab.page.locator("dl")).to_contain_text(doctor)
    walk.confirm(second)
    walk.confirm(first)

    expect(first.page.locator("main")).to_contain_text(f", {early}")
    expect(second.page.locator("main")).to_contain_text(f", {late}")
    walk.go_home(first)
    expect(first.cards).to_have_count(3)
    expect(first.cards.filter(has_text=f", {early}").filter(has_text="Soto")).to_have_count(1)
    expect(first.cards.filter(has_text=f", {late}").filter(has_text="Díaz")).to_have_count(1)
    assert len(portal.live_appointments("ana")) == 3


def test_an_answer_changed_in_another_tab_is_asked_again_before_it_counts(
    enter: Enter, portal: Portal
):
    """S0-24, S0-25: what is confirmed is what was read."""
    ana = enter()
    walk.sign_in(ana)
    walk.begin(ana)
    walk.search(ana)
    walk.take_day(ana)
    walk.take_hour(ana, 0)
    other = enter(beside=ana)
    other.page.goto(ana.page.url)
    other.press("Cambiar")  # the first answer: day and hour
    other.arrive(walk.HOUR)
    changed = walk.take_hour(other, 1)

    ana.press("Confirmar Reserva")

    expect(ana.page.locator("#errors")).to_contain_text("Revíselas y confirme de nuevo")
    expect(ana.page.locator("dl")).to_contain_text(f", {changed}")
    assert len(portal.live_appointments("ana")) == 1
    ana.press("Confirmar Reserva")
    ana.arrive(walk.DONE)
    expect(ana.page.locator("main")).to_contain_text(f", {changed}")
