"""The search screen and what is shown before the last button."""

from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.conftest import Enter


def test_only_people_with_several_agreements_choose_one(enter: Enter):
    """S0-21, S0-22: on the same screen as specialty, professional and date."""
    ana, clara = enter(), enter()
    walk.sign_in(ana)
    walk.sign_in(clara, "clara", "Hola, Clara")
    for visitor in (ana, clara):
        walk.begin(visitor)
        walk.search(visitor)
        expect(visitor.page.get_by_label("Especialidad")).to_be_visible()
        expect(visitor.page.get_by_label("Profesional")).to_be_visible()
        expect(visitor.days.first).to_be_visible()
    expect(clara.page.get_by_label("Convenio")).to_have_count(0)

    ana.choose("Convenio", "Isapre Ñuble")
    walk.take_day(ana)
    walk.take_hour(ana)

    expect(ana.page.locator("dl")).to_contain_text("Isapre Ñuble")


def test_what_is_confirmed_is_shown_first_and_kept_meanwhile(enter: Enter):
    """S0-23, S0-24: every answer with a way to change it, and until when the hour is kept."""
    ana = enter()
    walk.sign_in(ana)
    walk.begin(ana)
    walk.search(ana)
    walk.take_day(ana)
    hour = walk.take_hour(ana, 1)

    shown = ana.page.locator("dl")
    for text in (f", {hour}", "Cardiología", "Dra. Inés Soto", "Teleconsulta", "Sede Norte"):
        expect(shown).to_contain_text(text)
    expect(shown).to_contain_text("hora de Santiago")
    expect(ana.page.locator("main")).to_contain_text("Guardamos esta hora hasta las")
    expect(shown.get_by_role("link", name="Cambiar")).to_have_count(4)
