"""Nobody can be enumerated: each form, asked for people in each state, answers alike (T08)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count

import pytest
from sqlalchemy import update

from clinicweb.core import db
from clinicweb.core.limits import AttemptCounter, FailurePace
from tests.accounts.office import LINKS, Office, write
from tests.accounts.solving import solve
from tests.accounts.states import PEOPLE, SLOWED, STATES, UNKNOWN, UNKNOWN_SLOWED, Somebody, fill
from tests.checked_client import CheckedClient

DOCUMENTS = {"teleconsulta": "rut", "oficina-virtual": "cedula"}
FAILURES = 20
_lines = count(1)


@dataclass(frozen=True)
class Answer:
    """All that a browser is given; *headers* as name and length."""

    status: str
    headers: tuple[tuple[str, int], ...]
    place: str
    body: str
    queries: int


Walk = Callable[[Office, CheckedClient, Somebody], None]


def asking(path: str, **fields: str) -> Walk:
    """A form of one page; *fields* name what of somebody is typed in each."""

    def walk(portal: Office, browser: CheckedClient, person: Somebody) -> None:
        browser.get(path)
        form = browser.form(path)
        form.fill({name: told(portal, person, what) for name, what in fields.items()})
        if "captcha" in form.names():
            form.values["captcha"] = solve(browser)
        form.submit()
        follow(browser)

    return walk


def told(portal: Office, person: Somebody, what: str) -> str:
    if what == "document":
        return person.document(DOCUMENTS.get(portal.preset, "cedula"))
    return str(getattr(person, what, what))


def follow(browser: CheckedClient) -> None:
    while browser.last and 300 <= browser.last.status_code < 400:
        browser.follow()


def registering(portal: Office, browser: CheckedClient, person: Somebody) -> None:
    browser.get("/ingresar")
    link, button = LINKS[portal.preset]
    browser.click(link)
    browser.follow()
    document = told(portal, person, "document")
    if portal.preset == "oficina-virtual":
        write(browser.form("Validar"), {"Número de documento": document}).submit("Validar")
        browser.follow()
    changes = {
        "document": document,
        "email": person.email,
        "affiliation_number": person.affiliation,
        "card_serial": person.serial,
        "full_name": person.name,
        "username": f"nueva{person.number}",  # a name that is taken is the one thing told
    }
    asked = browser.form(button).names()
    form = portal.fill(browser, **{name: each for name, each in changes.items() if name in asked})
    if "captcha" in asked:
        form.values["captcha"] = solve(browser)
    form.submit(button)
    follow(browser)


SIGN_IN, PASSWORD, USER = "/ingresar", "/recuperar/clave", "/recuperar/usuario"
WRONG = "no es la clave"
BOTH = asking(PASSWORD, email="email", identifier="username")
USERS = {"users by e-mail": asking(USER, identifier="email"), "registration": registering}
AGAIN = "/recuperar/activacion"
CARD = asking(
    "/reactivar-cuenta", affiliation_number="affiliation", card_serial="serial", email="email"
)
ENDPOINTS: Mapping[str, Mapping[str, Walk]] = {
    "teleconsulta": {
        "sign-in by document": asking(SIGN_IN, identifier="document", password=WRONG),
        "sign-in by user name": asking(SIGN_IN, identifier="username", password=WRONG),
        "password by document": asking(PASSWORD, identifier="document"),
        "password by e-mail": asking(PASSWORD, identifier="email"),
        "activation again": asking(AGAIN, identifier="document"),
        **USERS,
    },
    "oficina-virtual": {
        "sign-in by document": asking(SIGN_IN, identifier="document", password=WRONG),
        "sign-in by e-mail": asking(SIGN_IN, identifier="email", password=WRONG),
        "password by document": asking(PASSWORD, identifier="document"),
        "activation again": asking(AGAIN, identifier="email"),
        **USERS,
    },
    "afiliados": {
        "sign-in by number": asking(SIGN_IN, identifier="affiliation", password=WRONG),
        "sign-in by e-mail": asking(SIGN_IN, identifier="email", password=WRONG),
        "password by number": asking(PASSWORD, identifier="affiliation"),
        "activation again": asking(AGAIN, identifier="affiliation"),
        "reactivation": CARD,
        **USERS,
    },
    "historia-clinica": {
        "sign-in by user name": asking(SIGN_IN, identifier="username", password=WRONG),
        "password by e-mail and user": BOTH,
        "activation again": asking(AGAIN, identifier="username"),
        **USERS,
    },
}
CASES = [(preset, name) for preset, walks in ENDPOINTS.items() for name in walks]


@pytest.fixture
def crowd(office):
    """``crowd(preset)`` is its portal, with somebody in each state."""

    def opened(preset: str) -> Office:
        portal = office(preset)
        with db.current().writing() as session:
            fill(session, DOCUMENTS.get(preset, "cedula"))
        return portal

    return opened


@pytest.mark.parametrize(("preset", "endpoint"), CASES)
def test_people_in_every_state_are_answered_alike(crowd, record_property, preset, endpoint):
    portal, walk = crowd(preset), ENDPOINTS[preset][endpoint]
    if endpoint.startswith("sign-in"):
        for state in (SLOWED, UNKNOWN_SLOWED):
            walk(portal, visitor(portal), PEOPLE[state])
        with db.current().writing() as session:  # of the names and accounts; lines may fail more
            session.execute(update(AttemptCounter).values(attempts=FAILURES))
            session.execute(update(FailurePace).values(level=FAILURES))

    answers = {state: seen(portal, walk, PEOPLE[state]) for state in PEOPLE}

    slowed = {state: answers.pop(state) for state in (SLOWED, UNKNOWN_SLOWED)}
    assert slowed[SLOWED] == slowed[UNKNOWN_SLOWED]
    unknown = answers[UNKNOWN]
    assert [state for state, answer in answers.items() if answer != unknown] == []
    if endpoint.startswith("sign-in"):
        assert slowed[SLOWED][-1].status.startswith("429")
    else:
        assert slowed[SLOWED] == unknown
    portal.work()  # what is answered later is answered by mail
    record_property("cases", len(STATES))
    record_property("answers", len(unknown) * len(STATES))


def test_a_portal_that_says_who_is_unknown_is_found(crowd, monkeypatch):
    """The comparison sees a sentence, and a query, that only some get."""
    from clinicweb.accounts import sign_in_actions

    portal, walk = crowd("teleconsulta"), ENDPOINTS["teleconsulta"]["sign-in by user name"]
    known, unknown = (seen(portal, walk, PEOPLE[state]) for state in ("known", UNKNOWN))
    real = sign_in_actions.find_credentials

    def asked_twice(typed):
        found = real(typed)
        return real(typed) if found.account_id else found

    monkeypatch.setattr(sign_in_actions, "find_credentials", asked_twice)

    assert known == unknown
    assert seen(portal, walk, PEOPLE["known"]) != unknown


def visitor(portal: Office) -> CheckedClient:
    """A browser on a line of its own: what is counted for lines says nothing about people."""
    browser = portal.visitor()
    line = next(_lines)
    browser.environ_base["REMOTE_ADDR"] = f"198.{line // 100 + 100}.{line % 100 + 100}.100"
    return browser


def seen(portal: Office, walk: Walk, person: Somebody) -> list[Answer]:
    browser, answers = visitor(portal), []
    real = browser.open

    def open_and_note(*args, **kwargs):
        response = real(*args, **kwargs)
        answers.append(_plain(browser, response, person))
        return response

    browser.open = open_and_note  # type: ignore[method-assign]
    walk(portal, browser, person)
    return answers


def _plain(browser: CheckedClient, response, person: Somebody) -> Answer:
    headers = tuple(sorted((name, len(value)) for name, value in response.headers))
    body = _without_secrets(response.get_data(as_text=True))
    place = _without_secrets(response.headers.get("Location", "") + '"')
    for typed in sorted(person.typed(), key=len, reverse=True):
        body = body.replace(typed, "typed")
    return Answer(response.status, headers, place, body, len(browser.last_queries))


def _without_secrets(text: str) -> str:
    text = re.sub(r'(nonce=|name="csrf_token" value=)"[^"]*"', r'\1""', text)
    text = re.sub(r'data-captcha="[^"]*"', "", text)
    text = re.sub(r"[\w-]+\.[\w-]{6}\.[\w-]{43}", "", text)  # signed, of a captcha's picture
    text = re.sub(r'((?:id="digest"|name="digest") [^>]*value=)"[^"]*"', r'\1""', text)
    return re.sub(r"[\w-]{22}(?=[/\"<])", "", text)
