"""What somebody without a mouse, or without sight, needs besides the journey itself."""

from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.conftest import Enter
from tests.journeys.keyboard import KeyboardVisitor


def test_the_first_stop_leads_past_the_header(enter: Enter):
    """S0-19, S0-20: the skip link shows itself, and what comes next is the way to book."""
    ana = enter(KeyboardVisitor)
    walk.sign_in(ana)
    skip = ana.page.get_by_role("link", name="Ir al contenido")

    ana.page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    ana.page.keyboard.press("Enter")
    ana.page.keyboard.press("Tab")

    expect(ana.control(walk.NEW_HOUR)).to_be_focused()


def test_a_refused_answer_is_read_out_and_leads_to_its_field(enter: Enter):
    """S0-23: the summary of errors gets the focus; its link leads to the hours."""
    ana = enter(KeyboardVisitor)
    walk.sign_in(ana)
    walk.begin(ana)
    walk.search(ana)
    walk.take_day(ana)
    ana.page.locator("main form").evaluate("form => { form.noValidate = true }")

    ana.press("Continuar con la reserva")

    errors = ana.page.locator("#errors")
    expect(errors).to_be_focused()
    ana.press("Elija una hora")
    ana.page.keyboard.press("Tab")
    expect(ana.hours.first).to_be_focused()


def test_a_changed_list_is_read_out_without_moving_the_focus(enter: Enter):
    """S0-21: the dates of another professional, said by the live region."""
    ana = enter(KeyboardVisitor)
    walk.sign_in(ana)
    walk.begin(ana)

    ana.choose("Especialidad", "Cardiología")

    expect(ana.page.get_by_label("Especialidad")).to_be_focused()
    period = ana.page.locator("#period").inner_text()
    assert period.startswith("Del ")
    expect(ana.page.locator("#live")).to_have_text(period)
