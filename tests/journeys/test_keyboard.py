"""What somebody without a mouse, or without sight, needs besides the journey itself."""

from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.conftest import Enter
from tests.journeys.keyboard import KeyboardVisitor
from tests.journeys.visitor import Visitor


def test_without_a_mouse_nothing_is_missed(enter: Enter):
    """S0-19, S0-20, S0-21, S0-23: past the header, a changed list and a refused answer."""
    ana = enter(KeyboardVisitor)
    walk.sign_in(ana)

    the_first_stop_leads_past_the_header(ana)
    walk.begin(ana)
    a_changed_list_is_read_out_without_moving_the_focus(ana)
    ana.choose("Profesional", "Dra. Inés Soto")
    walk.take_day(ana)
    a_refused_answer_is_read_out_and_leads_to_its_field(ana)


def the_first_stop_leads_past_the_header(ana: Visitor) -> None:
    """The skip link shows itself, and what comes next is the way to book."""
    skip = ana.page.get_by_role("link", name="Ir al contenido")
    ana.page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    ana.page.keyboard.press("Enter")
    ana.page.keyboard.press("Tab")
    expect(ana.control(walk.NEW_HOUR)).to_be_focused()


def a_changed_list_is_read_out_without_moving_the_focus(ana: Visitor) -> None:
    """The dates of another specialty, said by the live region."""
    ana.choose("Especialidad", "Cardiología")
    expect(ana.page.get_by_label("Especialidad")).to_be_focused()
    period = ana.page.locator("#period").inner_text()
    assert period.startswith("Del ")
    expect(ana.page.locator("#live")).to_have_text(period)


def a_refused_answer_is_read_out_and_leads_to_its_field(ana: Visitor) -> None:
    """The summary of errors gets the focus; its link leads to the hours."""
    ana.page.locator("main form").evaluate("form => { form.noValidate = true }")
    ana.press("Continuar con la reserva")
    expect(ana.page.locator("#errors")).to_be_focused()
    ana.press("Elija una hora")
    ana.page.keyboard.press("Tab")
    expect(ana.hours.first).to_be_focused()
