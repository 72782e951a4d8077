"""Links and codes that open an account: once, in time, by who has the mail."""

from datetime import timedelta

import pytest

from clinicweb.accounts import activation_actions, one_time, registration_actions
from clinicweb.accounts.models import DOCUMENT, USERNAME, Account
from clinicweb.core import clock, tokens
from clinicweb.core.errors import NotAllowed
from tests.accounts.office import NINA, RITA, account_of, body, code_in, link_in, requests, rows

WRONG = "El código no es correcto."
OVER = "Este código ya no vale."


def keys_of(portal):
    return portal.app.extensions["clinicweb.settings"].keys()


def rules_of(portal):
    return portal.app.extensions["clinicweb.rules"]


def type_code(browser, code):
    browser.form("Continuar").fill(code=code).submit()
    return browser.last.status_code


@pytest.fixture
def invited(office):
    """A portal where Rita's link is on its way, and the link."""
    portal = office("historia-clinica")
    portal.register(portal.visitor())
    portal.work()
    return portal, link_in(portal.mails[0])


def test_programs_that_open_every_link_activate_nothing(invited):
    portal, link = invited

    for _ in range(5):
        assert portal.visitor().get(link).status_code == 200

    assert account_of(USERNAME, "rita") is None
    browser = portal.visitor()
    browser.get(link)
    assert browser.form("Activar mi cuenta").submit().status_code == 200


def test_a_link_is_good_once(invited):
    """S3-73."""
    portal, link = invited
    browser = portal.visitor()
    browser.get(link)
    form = browser.form("Activar mi cuenta")

    answers = [form.submit().status_code for _ in range(2)]

    assert answers == [200, 410]
    assert "ya se usó" in browser.text()
    assert browser.get(link).status_code == 410


@pytest.mark.parametrize("any_office_url", ["sqlite", "postgres"], indirect=True)
def test_of_fifty_at_once_one_activates(invited, crowded):
    portal, _ = invited
    before, link_id = rows(Account), requests()[0].link_id

    failures = crowded(
        50, lambda _: activation_actions.activate(rules_of(portal), keys_of(portal), link_id)
    )

    assert [type(failure) for failure in failures] == [NotAllowed] * 49
    assert {failure.reason for failure in failures} == {one_time.USED}
    assert rows(Account) == before + 1


@pytest.mark.parametrize("any_office_url", ["sqlite", "postgres"], indirect=True)
def test_of_two_registrations_for_one_person_one_becomes_the_account(invited, crowded):
    portal, _ = invited
    portal.register(portal.visitor(), username="ladrona")
    portal.work()
    before, links = rows(Account), [request.link_id for request in requests()]

    failures = crowded(
        2,
        lambda number: activation_actions.activate(
            rules_of(portal), keys_of(portal), links[number]
        ),
    )

    assert [failure.reason for failure in failures] == ["register.taken"]
    assert rows(Account) == before + 1


def test_another_registration_leaves_the_first_link_and_its_password_alone(invited):
    portal, link = invited
    portal.register(
        portal.visitor(), username="ladrona", password="Otra clave 9", again="Otra clave 9"
    )
    portal.work()

    browser = portal.visitor()
    browser.get(link)
    browser.form("Activar mi cuenta").submit()
    late = portal.visitor()
    late.get(link_in(portal.mails[1]))
    refused = late.form("Activar mi cuenta").submit()

    assert account_of(USERNAME, "rita")
    assert account_of(USERNAME, "ladrona") is None
    assert refused.status_code == 410
    assert "Ya hay una cuenta con esos datos" in late.text()


def test_an_expired_link_sends_its_successor_by_one_press(invited):
    """S3-72."""
    portal, link = invited
    browser = portal.visitor()

    with clock.frozen(clock.now() + timedelta(hours=48, seconds=1)):
        assert browser.get(link).status_code == 410
        browser.form("Enviarme otro enlace").submit()
        portal.work()
        browser.get(link_in(portal.mails[1]))
        answer = browser.form("Activar mi cuenta").submit()

    assert answer.status_code == 200
    assert account_of(USERNAME, "rita")


def test_a_link_whose_registration_is_forgotten_leads_to_the_door(invited):
    portal, link = invited
    browser = portal.visitor()

    with clock.frozen(clock.now() + timedelta(days=5)):
        registration_actions.purge(rules_of(portal))
        browser.get(link)

    assert "Ir a iniciar sesión" in browser.text()
    assert "Enviarme otro enlace" not in browser.text()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token, _: token[:-3] + ("AAA" if token[-3:] != "AAA" else "BBB"),
        lambda token, _: token[:10] + ("x" if token[10] != "x" else "y") + token[11:],
        lambda token, _: token[:-10],
        lambda _, link: tokens.issue(link["keys"], one_time.RESET_PASSWORD, link["id"]),
        lambda _, link: tokens.issue(["k" * 40], one_time.ACTIVATE, link["id"]),
        lambda _, link: tokens.issue(link["keys"], one_time.ACTIVATE, "a" * 22),
    ],
    ids=["signature", "payload", "cut", "purpose", "key", "no such row"],
)
def test_a_token_that_we_did_not_write_for_this_opens_nothing(invited, spoil):
    portal, link = invited
    known = {"keys": keys_of(portal), "id": requests()[0].link_id}
    token = spoil(link.rsplit("/", 1)[1], known)
    browser = portal.visitor()
    browser.get("/ingresar")
    csrf = browser.form("/ingresar").values["csrf_token"]

    for path in (f"/cuenta/activar/{token}", f"/cuenta/activar/{token}/otra-vez"):
        assert browser.get(path.removesuffix("/otra-vez")).status_code == 404
        answer = browser.post(path, data={"csrf_token": csrf}, headers={"Origin": browser.origin})
        assert answer.status_code == 404
    assert account_of(USERNAME, "rita") is None


def test_an_activation_link_sets_no_password(invited):
    portal, link = invited

    token = link.rsplit("/", 1)[1]

    assert portal.visitor().get(f"/clave/nueva/{token}").status_code == 404


def test_the_host_that_somebody_claims_stands_in_no_link(office):
    portal = office("historia-clinica")
    browser = portal.begin(portal.visitor())

    portal.fill(browser).submit(**{"X-Forwarded-Host": "malo.example", "Forwarded": "host=malo"})
    portal.work()

    assert "https://portal.clinica.example/cuenta/activar/" in body(portal.mails[0])
    assert "malo" not in portal.mails[0].as_string()


@pytest.mark.parametrize("email", [None, NINA], ids=["known", "unknown"])
def test_guessing_stops_at_five_whether_there_is_a_code_or_not(office, email):
    portal = office("oficina-virtual")
    browser = portal.visitor()
    portal.register(browser, **({"email": email} if email else {}))
    portal.work()
    right = code_in(portal.mails[0]) if not email else "123456"
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    told = []
    for code in [wrong] * 5 + [right]:
        assert type_code(browser, code) == 422
        told.append(WRONG if WRONG in browser.text() else OVER if OVER in browser.text() else "")

    assert told == [WRONG] * 5 + [OVER]
    assert account_of(DOCUMENT, "1020304050") is None


@pytest.mark.parametrize("any_office_url", ["sqlite", "postgres"], indirect=True)
def test_guessing_stops_at_five_also_for_many_at_once(office, crowded):
    portal = office("oficina-virtual")
    portal.register(portal.visitor())
    portal.work()
    [request] = requests()
    wrong = f"{(int(code_in(portal.mails[0])) + 1) % 1_000_000:06d}"

    failures = crowded(
        20,
        lambda _: activation_actions.activate_by_code(
            rules_of(portal), keys_of(portal), request.id, wrong
        ),
    )

    reasons = [failure.reason for failure in failures]
    assert reasons.count(one_time.CODE_WRONG) == 5
    assert reasons.count(one_time.CODE_OVER) == 15
    assert requests()[0].code_attempts == 5


@pytest.mark.parametrize("typed", ["{}", " {} ", "{:.3} {:.3}", "arabic"])
def test_a_code_is_right_however_it_is_typed(office, typed):
    portal = office("oficina-virtual")
    browser = portal.visitor()
    portal.register(browser)
    portal.work()
    code = code_in(portal.mails[0])
    spaced = f"{code[:3]} {code[3:]}"
    arabic = code.translate({ord(str(n)): chr(0x0660 + n) for n in range(10)})
    shapes = {"{}": code, " {} ": f" {code} ", "{:.3} {:.3}": spaced, "arabic": arabic}

    assert type_code(browser, shapes[typed]) == 200


def test_a_code_lasts_ten_minutes_and_its_link_longer(office):
    portal = office("oficina-virtual")
    browser = portal.visitor()
    portal.register(browser)
    portal.work()

    with clock.frozen(clock.now() + timedelta(minutes=10, seconds=5)):
        assert type_code(browser, code_in(portal.mails[0])) == 422
        assert OVER in browser.text()
        browser.get(link_in(portal.mails[0]))
        assert browser.form("Activar mi cuenta").submit().status_code == 200


def test_three_mails_an_hour_each_replacing_the_last(office):
    """S3-72."""
    portal = office("oficina-virtual")
    browser = portal.visitor()
    portal.register(browser)
    portal.work()

    statuses = []
    for _ in range(4):
        statuses.append(browser.form("Enviar de nuevo").submit().status_code)
        if browser.last.status_code == 303:
            browser.follow()
        portal.work()

    assert statuses == [303, 303, 303, 429]
    assert "Espere" in browser.text()
    assert len(portal.mails) == 3
    first, last = portal.mails[0], portal.mails[2]
    assert portal.visitor().get(link_in(first)).status_code == 410
    assert type_code(browser, code_in(last)) == 200


def test_one_mailbox_gets_three_mails_an_hour(office):
    """However many registrations name it."""
    portal = office("historia-clinica")

    for number in range(5):
        portal.register(portal.visitor(), username=f"rita{number}", email=NINA)
    portal.work()

    assert len(portal.mails) == 3


def test_an_account_that_is_not_open_yet_gets_no_help_to_come_in(invited):
    portal, _ = invited
    browser = portal.visitor()
    browser.get("/recuperar/clave")

    browser.form("/recuperar/clave").fill(identifier="rita", email=RITA).submit()
    portal.work()

    assert len(portal.mails) == 1
