"""«Reenviar activación»: the mail that activates once more, from any browser (S3-72)."""

from datetime import timedelta

import pytest

from clinicweb.accounts.models import USERNAME
from clinicweb.core import clock
from tests.accounts.office import NINA, RITA, account_of, link_in

PAGE, LINK = "/recuperar/activacion", "Reenviar activación"


@pytest.fixture
def waiting(office):
    """``waiting(preset)``: its portal, where Rita's mail is on its way."""

    def opened(preset):
        portal = office(preset)
        portal.register(portal.visitor())
        portal.work()
        return portal

    return opened


def ask(portal, typed):
    browser = portal.visitor()
    browser.get("/ingresar")
    browser.click(LINK)
    browser.form(PAGE).fill(identifier=typed).submit()
    return browser


def activate(portal, mail):
    browser = portal.visitor()
    browser.get(link_in(mail))
    return browser.form("Activar mi cuenta").submit().status_code


@pytest.mark.parametrize(
    ("preset", "typed"),
    [
        ("historia-clinica", RITA),
        ("historia-clinica", " RITA@correo.example"),
        ("historia-clinica", "Rita"),
        ("afiliados", "AF 100"),
        ("afiliados", "af-100"),
        ("oficina-virtual", "1020304050"),
    ],
)
def test_the_mail_is_sent_again_and_the_one_before_no_longer_counts(waiting, preset, typed):
    """S3-72."""
    portal = waiting(preset)

    browser = ask(portal, typed)
    portal.work()
    browser.follow()

    assert "Revise su correo" in browser.text()
    assert [mail["To"] for mail in portal.mails] == [RITA, RITA]
    old = portal.visitor()
    assert old.get(link_in(portal.mails[0])).status_code == 410
    assert activate(portal, portal.mails[1]) == 200


def test_after_its_end_too(waiting):
    portal = waiting("historia-clinica")

    with clock.frozen(clock.now() + timedelta(hours=60)):
        ask(portal, RITA)
        portal.work()

        assert activate(portal, portal.mails[1]) == 200


def test_one_mailbox_gets_three_mails_an_hour(waiting):
    """As often as needed, within that."""
    portal = waiting("historia-clinica")
    for _ in range(6):
        ask(portal, RITA)
        portal.work()
    within = len(portal.mails)

    with clock.frozen(clock.now() + timedelta(hours=1, seconds=1)):
        ask(portal, RITA)
        portal.work()
        assert activate(portal, portal.mails[-1]) == 200

    assert (within, len(portal.mails)) == (3, 4)


def test_mails_that_are_not_sent_leave_the_last_link_alone(waiting):
    portal = waiting("historia-clinica")
    for _ in range(6):
        ask(portal, RITA)
        portal.work()

    assert activate(portal, portal.mails[-1]) == 200


def test_each_goes_to_the_address_that_was_typed_for_it(waiting):
    """Whoever knows a number of Rita's learns no address, and moves no mail."""
    portal = waiting("afiliados")
    portal.register(portal.visitor(), email=NINA)
    portal.work()
    portal.mails.clear()

    ask(portal, "AF100")
    portal.work()

    assert sorted(mail["To"] for mail in portal.mails) == [NINA, RITA]


@pytest.mark.parametrize("typed", ["rita", RITA, "nadie"])
def test_an_account_that_is_open_is_mailed_nothing(waiting, typed):
    portal = waiting("historia-clinica")
    activate(portal, portal.mails[0])
    portal.work()
    portal.mails.clear()

    ask(portal, typed)
    portal.work()

    assert portal.mails == []
    assert account_of(USERNAME, "rita")


def test_a_clinic_that_registers_nobody_has_no_such_page(office):
    visitor = office("chat-clinico").visitor()

    visitor.get("/ingresar")

    assert LINK not in visitor.text()
    assert visitor.get(PAGE).status_code == 404
