"""The search screen and what is shown before the last button."""

from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.conftest import Enter


def test_what_was_chosen_is_shown_before_it_counts_and_the_hour_kept_meanwhile(enter: Enter):
    """
    S0-21, S0-22: agreement, specialty, professional and date on one screen.

    S0-23, S0-24: every answer with a way to change it, and until when the hour is kept.
    """
    ana = enter()
    walk.sign_in(ana)
    walk.begin(ana)
    walk.search(ana)
    for label in ("Especialidad", "Profesional"):
        expect(ana.page.get_by_label(label)).to_be_visible()
    expect(ana.days.first).to_be_visible()
    ana.choose("Convenio", "Isapre Ñuble")
    walk.take_day(ana)
    hour = walk.take_hour(ana, 1)

    shown = ana.page.locator("dl")
    for text in (f", {hour}", "Cardiología", "Dra. Inés Soto", "Teleconsulta", "Sede Norte"):
        expect(shown).to_contain_text(text)
    expect(shown).to_contain_text("Isapre Ñuble")
    expect(shown).to_contain_text("hora de Santiago")
    expect(ana.page.locator("main")).to_contain_text("Guardamos esta hora hasta las")
    expect(shown.get_by_role("link", name="Cambiar")).to_have_count(4)


def test_who_has_one_agreement_is_not_asked_for_it(enter: Enter):
    """S0-22."""
    clara = enter()
    walk.sign_in(clara, "clara", "Hola, Clara")
    walk.begin(clara)
    walk.search(clara)
    expect(clara.days.first).to_be_visible()
    expect(clara.page.get_by_label("Convenio")).to_have_count(0)
