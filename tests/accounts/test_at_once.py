"""Many at the door at the same instant: no race lets one more guess than may (T13, T10)."""

from dataclasses import dataclass

import pytest

from clinicweb.accounts import passwords
from clinicweb.accounts.sign_in_actions import Attempt, sign_in
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core import db
from clinicweb.core.errors import NotAllowed, TooManyAttempts


@pytest.fixture
def checks(monkeypatch):
    """The passwords that were looked at; none is right."""
    looked_at = []
    monkeypatch.setattr(passwords, "is_right", lambda *asked: bool(looked_at.append(asked)))
    return looked_at


@pytest.fixture
def database(any_clinic_url):
    database = db.Database(any_clinic_url)
    db.configure(database)
    yield database
    database.dispose()


@dataclass(frozen=True)
class Case:
    """Attempts under *rules* at *name*, of which *allowed* may be looked at."""

    rules: SignIn
    name: str
    allowed: int


def attempt(rules: SignIn, name: str, address: str) -> type[Exception]:
    try:
        sign_in(rules, Attempt(name, "guess", address, ""))
    except (NotAllowed, TooManyAttempts) as refusal:
        return type(refusal)
    raise AssertionError("a wrong password came in")


@pytest.mark.parametrize(
    "case",
    [
        Case(SignIn(), "ana", SignIn().free_failures),
        Case(SignIn(), "nadie", SignIn().free_failures),
        Case(SignIn(free_failures=20, failures_per_account_hour=7), "ana", 7),
        Case(SignIn(failures_per_address_hour=40), "nadie-{number}", 20),
    ],
    ids=["account", "nobody", "hour", "network"],
)
@pytest.mark.usefixtures("database")
def test_of_fifty_at_once_exactly_those_are_looked_at_that_may(
    checks, crowded, case, record_property
):
    outcomes = []

    def act(number):
        outcomes.append(attempt(case.rules, case.name.format(number=number), "203.0.113.7"))

    raised = crowded(50, act)

    record_property("allowed", outcomes.count(NotAllowed))
    assert raised == []
    assert outcomes.count(NotAllowed) == case.allowed
    assert outcomes.count(TooManyAttempts) == 50 - case.allowed
    assert len(checks) == case.allowed
