"""Who has no more than a sign-in's address learns nothing: not even whether it is one (T08)."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from clinicweb.accounts.models import Account, SignInRequest
from clinicweb.accounts.sign_in_requests import MOST_ATTEMPTS, MOST_CHOICES
from clinicweb.core import clock, db
from clinicweb.core.ids import new_public_id
from tests.accounts.coded import ask, codes_sent
from tests.accounts.door import without_secrets
from tests.cast import CLARA

HOUR = timedelta(hours=1)
NOTHING = "nothing there"
TYPED = {"kind": "email", "code": "000000"}


@dataclass(frozen=True)
class State:
    """A sign-in of *who* that waits for its second factor, or waited."""

    who: str = "Ana"
    row: dict[str, Any] = field(default_factory=dict)


CHOSEN = {"kind": "email", "choices": 1}
STATES = {
    "just asked": State(),
    "code sent": State(row=CHOSEN),
    "passkey": State(row={"kind": "passkey"}),
    "guessed out": State(row=CHOSEN | {"attempts": MOST_ATTEMPTS}),
    "sent too often": State(row=CHOSEN | {"choices": MOST_CHOICES}),
    "used": State(row=CHOSEN | {"used_at": clock.now()}),
    "too old": State(row=CHOSEN | {"expires_at": clock.now() - HOUR}),
    "of a closed account": State("Dora", CHOSEN),
}


@pytest.fixture
def waiting(office_app):
    """The address of a sign-in in each state, and one of none."""
    with db.current().writing() as session:
        found = {name: _request(session, state) for name, state in STATES.items()}
    return {**found, NOTHING: new_public_id()}


def _request(session, state):
    now = clock.now()
    account = session.scalars(select(Account).where(Account.name == state.who)).one()
    values = {"created_at": now, "expires_at": now + HOUR, "kind": None, "used_at": None}
    request = SignInRequest(
        id=new_public_id(),
        account_id=account.id,
        credential_version=account.credential_version,
        browser_hash="0" * 64,
        device="",
        is_kept=False,
        target="/",
        **(values | state.row),
    )
    session.add(request)
    return request.id


def doors(app):
    """Each address that names a sign-in, with its method: a new one is here by itself."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in ("GET", "POST")
        if rule.rule.startswith("/ingresar/segundo/") and method in rule.methods
    ]


def seen(browser, token, method, path):
    data = {**TYPED, "csrf_token": token} if method == "POST" else None
    answer = browser.open(path, method=method, data=data)
    body = without_secrets(answer.get_data(as_text=True))
    headers = sorted((name, len(value)) for name, value in answer.headers)
    return answer.status_code, headers, body, len(browser.last_queries)


def nobody(stranger):
    browser = stranger()
    browser.get("/ingresar")
    return browser, browser.form("/ingresar").values["csrf_token"]


def somebody_at_a_page_of_their_own(stranger):
    browser = ask(stranger(), CLARA)
    return browser, browser.form("Enviar").values["csrf_token"]


@pytest.mark.parametrize("visitor", [nobody, somebody_at_a_page_of_their_own])
def test_a_sign_in_of_another_browser_is_not_there(
    office_app, stranger, waiting, visitor, record_property
):
    browser, token = visitor(stranger)
    adapter = office_app.url_map.bind("localhost")
    sent, asked = codes_sent(), doors(office_app)

    for rule, method in asked:
        answers = {
            state: seen(
                browser,
                token,
                method,
                adapter.build(rule.endpoint, {"request_id": request_id}, method=method),
            )
            for state, request_id in waiting.items()
        }
        nothing = answers[NOTHING]
        assert nothing[0] == 404, (rule.endpoint, method)
        assert [state for state in answers if answers[state] != nothing] == [], rule.endpoint

    assert codes_sent() == sent
    assert _tries() == {state.row.get("attempts", 0) for state in STATES.values()}
    record_property("cases", len(asked) * len(STATES))


def _tries():
    with db.reading() as session:
        return set(session.scalars(select(SignInRequest.attempts)))


def test_a_page_that_knows_whose_it_is_would_be_found(office_app, stranger, waiting, monkeypatch):
    """The comparison sees a browser's secret that is not asked for."""
    from clinicweb.accounts import sign_in_requests

    monkeypatch.setattr(sign_in_requests, "_hashed", lambda _: "0" * 64)
    browser, token = nobody(stranger)

    known = seen(browser, token, "GET", f"/ingresar/segundo/{waiting['just asked']}")

    assert known[0] == 200
