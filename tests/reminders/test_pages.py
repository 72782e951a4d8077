"""The page of a reminder's link: looking changes nothing, a button answers."""

from datetime import timedelta

import pytest

from clinicweb.accounts.models import Account
from clinicweb.booking.mail import REMINDER_LIFETIME, REMINDER_PATH, REMINDER_PURPOSE
from clinicweb.booking.models import Appointment
from clinicweb.core import clock, tokens
from clinicweb.core.ids import new_public_id
from tests.booking import world
from tests.cast import ANAS_APPOINTMENT
from tests.checked_client import CheckedClient


@pytest.fixture
def visitor(page) -> CheckedClient:
    return page()


def address(app, public_id: str = ANAS_APPOINTMENT, purpose: str = REMINDER_PURPOSE) -> str:
    keys = app.extensions["clinicweb.settings"].keys()
    return REMINDER_PATH + tokens.issue(keys, purpose, public_id)


def test_looking_five_times_changes_nothing_and_never_says_what_for(app, visitor):
    before = world.totals()

    for _ in range(5):
        assert visitor.get(address(app)).status_code == 200

    assert world.totals() == before
    assert "Díaz" in visitor.text()
    assert "Medicina" not in visitor.text()


def test_who_confirms_is_thanked_and_asked_no_more(app, visitor):
    link = address(app)
    visitor.get(link)
    form = visitor.form("Sí, asistiré")
    first, second = form.submit(), form.submit()
    visitor.follow()

    assert {first.status_code, second.status_code} == {303}
    assert "la clínica sabe que asistirá" in visitor.text()
    assert "Sí, asistiré" not in visitor.text()
    assert world.appointment(ANAS_APPOINTMENT).confirmed_at is not None
    assert world.audit_rows(ANAS_APPOINTMENT) == ["appointment.confirm"]


def test_who_gives_it_back_frees_it_once(app, visitor):
    visitor.get(address(app))
    form = visitor.form(f"{visitor.last.request.path}/liberar")
    first, second = form.submit(), form.submit()
    visitor.follow()

    assert {first.status_code, second.status_code} == {303}
    assert "quedó liberada" in visitor.text()
    assert "ya fue liberada" in visitor.text()
    row = world.appointment(ANAS_APPOINTMENT)
    assert (row.status, row.sequence) == ("cancelled", 1)


def test_an_hour_that_began_can_be_answered_no_more(app, visitor):
    visitor.get(address(app))
    forms = [visitor.form("Sí, asistiré"), visitor.form(f"{visitor.last.request.path}/liberar")]
    begun = clock.now() - timedelta(minutes=1)
    world.change(Appointment, Appointment.public_id == ANAS_APPOINTMENT, starts_at=begun)

    assert [form.submit().status_code for form in forms] == [409, 409]
    row = world.appointment(ANAS_APPOINTMENT)
    assert (row.status, row.confirmed_at) == ("booked", None)


def test_who_has_no_account_may_confirm_and_calls_to_give_it_back(app, visitor):
    world.change(Account, Account.name == "Ana", is_active=False)

    visitor.get(address(app))

    assert "Sí, asistiré" in visitor.text()
    assert "avise al" in visitor.text()
    assert "Liberar" not in visitor.text()


def test_other_links_lead_nowhere(app, visitor):
    old = address(app)
    with clock.frozen(clock.now() + REMINDER_LIFETIME + timedelta(seconds=10)):
        too_old = visitor.get(old).status_code
    others = [address(app, new_public_id()), address(app, purpose="activate"), f"{REMINDER_PATH}x"]

    assert too_old == 404
    assert [visitor.get(other).status_code for other in others] == [404] * 3
