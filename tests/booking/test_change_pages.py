"""The page of a change's link: looking changes nothing, one press takes another hour."""

from datetime import timedelta

import pytest

from clinicweb.booking.change_actions import tell_changes
from clinicweb.booking.change_mail import CHANGE_LIFETIME, CHANGE_PATH, CHANGE_PURPOSE
from clinicweb.booking.mail import REMINDER_PURPOSE
from clinicweb.booking.models import WITHDRAWN, Appointment, Slot
from clinicweb.core import clock, tokens
from clinicweb.core.ids import new_public_id
from tests.booking import world
from tests.booking.test_change import changes, offered, withdraw
from tests.booking.world import RULES, prepare, viewer_of
from tests.cast import ANA, ANAS_APPOINTMENT
from tests.checked_client import CheckedClient


@pytest.fixture
def visitor(page) -> CheckedClient:
    """Whoever reads the mail; the clinic cannot attend Ana."""
    browser = page()
    withdraw()
    tell_changes(RULES)
    return browser


def address(app, change_id: str = "", purpose=CHANGE_PURPOSE) -> str:
    keys = app.extensions["clinicweb.settings"].keys()
    return CHANGE_PATH + tokens.issue(keys, purpose, change_id or changes()[0].id)


def test_looking_five_times_changes_nothing_and_never_says_what_for(app, visitor):
    link, slot_id = address(app), offered()[0]
    before = world.totals()

    for _ in range(5):
        assert visitor.get(link).status_code == 200
        words = visitor.text()
        assert visitor.get(f"{link}/{slot_id}").status_code == 200

    assert world.totals() == before
    assert world.slot(slot_id).held_until is None
    assert "La clínica cambió su agenda" in words
    assert "No pierde nada si espera" in words
    assert "Medicina" not in words + visitor.text()


def test_one_press_takes_the_hour_and_a_second_one_nothing(app, visitor):
    link, slot_id = address(app), offered()[0]
    visitor.get(f"{link}/{slot_id}")
    form = visitor.form("Cambiar a esta hora")
    first, second = form.submit(), form.submit()
    visitor.follow()

    assert {first.status_code, second.status_code} == {303}
    assert "Su hora quedó cambiada" in visitor.text()
    assert world.appointment(ANAS_APPOINTMENT).sequence == 1
    assert visitor.get(f"{link}/{offered()[1]}").status_code == 200
    assert "Cambiar a esta hora" not in visitor.text()


def test_an_hour_that_was_lost_is_said_with_others(app, visitor):
    link, slot_id = address(app), offered()[0]
    visitor.get(f"{link}/{slot_id}")
    form = visitor.form("Cambiar a esta hora")
    prepare(viewer_of("Clara"), slot_id).book()

    lost = form.submit()
    words = visitor.text()
    visitor.get(f"{link}/{slot_id}")

    assert lost.status_code == 409
    assert "Otra persona tomó esa hora" in words
    assert "Otra persona tomó esa hora" in visitor.text()
    assert "Elija otra hora" in words
    assert world.appointment(ANAS_APPOINTMENT).sequence == 0


def test_a_link_that_was_used_elsewhere_says_so(app, visitor):
    link, slots = address(app), offered()
    visitor.get(f"{link}/{slots[0]}")
    form = visitor.form("Cambiar a esta hora")
    world.change(Appointment, Appointment.public_id == ANAS_APPOINTMENT, status="cancelled")

    assert form.submit().status_code == 409
    assert "no se puede cambiar" in visitor.text()


def test_without_other_hours_she_is_told_to_wait(app, visitor):
    world.change(Slot, Slot.status == "free", status=WITHDRAWN)

    visitor.get(address(app))

    assert "Por ahora no hay otras horas libres" in visitor.text()


def test_other_links_lead_nowhere(app, visitor):
    old, slot_id = address(app), offered()[0]
    with clock.frozen(clock.now() + CHANGE_LIFETIME + timedelta(seconds=10)):
        too_old = visitor.get(old).status_code
    others = [address(app, new_public_id()), address(app, purpose=REMINDER_PURPOSE)]

    assert too_old == 404
    assert [visitor.get(other).status_code for other in others] == [404, 404]
    assert visitor.get(f"{CHANGE_PATH}x/{slot_id}").status_code == 404


def test_she_can_choose_any_hour_on_her_own_pages_as_well(app, page, visitor):
    ana = page(ANA)
    ana.get("/")

    assert "La clínica cambió su agenda" in ana.text()
    assert "nada de eso cuenta en su contra" in ana.text()
