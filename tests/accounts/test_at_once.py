"""Many at the door at the same instant: no race lets one more guess than may (T13, T10)."""

from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from clinicweb.accounts import factors, passwords, sign_in_requests
from clinicweb.accounts.factor_actions import choose, prove
from clinicweb.accounts.models import Account, LoginSession, SignInRequest
from clinicweb.accounts.session_actions import NewSession
from clinicweb.accounts.sign_in_actions import ACTOR, Attempt, sign_in
from clinicweb.accounts.sign_in_requests import CODE_OVER, CODE_WRONG, MOST_ATTEMPTS, Browser
from clinicweb.clinic.rules import load_rules
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core import clock, db, tokens
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
    outcomes, now = [], clock.now()  # time that passes allows more

    def act(number):
        with clock.frozen(now):
            outcomes.append(attempt(case.rules, case.name.format(number=number), "203.0.113.7"))

    raised = crowded(50, act)

    record_property("allowed", outcomes.count(NotAllowed))
    assert raised == []
    assert outcomes.count(NotAllowed) == case.allowed
    assert outcomes.count(TooManyAttempts) == 50 - case.allowed
    assert len(checks) == case.allowed


KEYS = ("a key of the tests that is long enough to be one",)
RULES = load_rules("teleconsulta")


def waiting() -> Browser:
    """Ana's password was right, and a code is on its way."""
    with db.transaction(ACTOR) as session:
        ana = session.scalars(select(Account).where(Account.name == "Ana")).one()
        new = NewSession(credential_version=ana.credential_version, device="")
        browser = Browser(*sign_in_requests.make(session, ana, new, target="/", kind=None))
    choose(RULES, browser, "email")
    return browser


def code_of(browser: Browser) -> str:
    with db.reading() as session:
        request = session.get_one(SignInRequest, browser.request_id)
        return tokens.code(KEYS[0], factors.SIGN_IN, factors.code_id(request))


@pytest.mark.usefixtures("database")
def test_of_fifty_codes_guessed_at_once_five_are_looked_at(crowded, record_property):
    browser = waiting()
    wrong = f"{(int(code_of(browser)) + 1) % 1_000_000:06d}"

    raised = crowded(50, lambda _: prove(RULES, KEYS, browser, wrong))

    reasons = [refusal.reason for refusal in raised if isinstance(refusal, NotAllowed)]
    record_property("looked_at", reasons.count(CODE_WRONG))
    assert reasons.count(CODE_WRONG) == MOST_ATTEMPTS
    assert reasons.count(CODE_OVER) == 50 - MOST_ATTEMPTS


@pytest.mark.usefixtures("database")
def test_of_fifty_who_bring_the_right_code_at_once_one_comes_in(crowded, record_property):
    browser = waiting()
    code = code_of(browser)

    raised = crowded(50, lambda _: prove(RULES, KEYS, browser, code))

    with db.reading() as session:
        opened = session.scalar(select(func.count()).select_from(LoginSession))
    record_property("opened", opened)
    assert opened == 1
    assert [type(each) for each in raised] == [NotAllowed] * 49
