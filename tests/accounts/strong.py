"""People who set up an app, codes and passkeys, and what is kept of them."""

import json
from typing import Any

import pyotp
from flask import Flask
from sqlalchemy import func, select

from clinicweb.accounts import factor_checks, passkey_actions, totp_actions
from clinicweb.accounts.ceremonies import Party
from clinicweb.accounts.factor_models import PasskeyChallenge, TotpSecret
from clinicweb.accounts.factor_queries import get_begun_app
from clinicweb.accounts.models import Account, LoginSession
from clinicweb.accounts.passkey_actions import Answer
from clinicweb.audit.models import AuditEvent
from clinicweb.clinic.installed import current_rules
from clinicweb.core import clock, db
from clinicweb.core.errors import NotAllowed
from clinicweb.core.viewer import Viewer
from tests.accounts.authenticator import Authenticator
from tests.cast import Person
from tests.pages import sign_in

HOST = "portal.alamos.cl"
ORIGIN = f"https://{HOST}"
PARTY = Party(HOST, ORIGIN, "Clínica")
BROWSER = "the nonce of Ana's browser"
STEP = 30


def keys_of(app: Flask) -> tuple[str, ...]:
    keys: tuple[str, ...] = app.extensions["clinicweb.settings"].keys()
    return keys


def account_id(person: Person) -> int:
    with db.reading() as session:
        return session.scalars(
            select(Account.id).where(Account.name == person.username.title())
        ).one()


def viewer_of(app: Flask, person: Person) -> Viewer:
    """*person*, signed in."""
    sign_in(app, person)
    with db.reading() as session:
        account = session.get_one(Account, account_id(person))
        newest = select(func.max(LoginSession.id)).where(LoginSession.account_id == account.id)
        return Viewer(
            account_id=account.id,
            session_id=session.scalar(newest) or 0,
            name=account.name,
            roles=frozenset(account.roles.split()),
            patient_id=account.patient_id,
            practitioner_id=account.practitioner_id,
            confirmed_at=clock.now(),
        )


def code_at(secret: str, steps: int = 0) -> str:
    """What an app shows, so many half minutes from now."""
    app = pyotp.TOTP(secret)
    return str(app.generate_otp(int(clock.now().timestamp()) // STEP + steps))


def set_up_app(app: Flask, viewer: Viewer, *, steps: int = -1) -> str:
    """Returns the secret; the code of the last half minute was used to confirm it."""
    with clock.frozen(clock.now()):
        totp_actions.begin_app(keys_of(app), viewer)
        secret = get_begun_app(viewer, keys_of(app))
        assert secret
        totp_actions.confirm_app(current_rules(app), keys_of(app), viewer, code_at(secret, steps))
    return secret


def is_taken(app: Flask, viewer: Viewer, code: str) -> bool:
    """Whether the app's *code* opens the door now."""
    with db.bookkeeping() as session:
        return factor_checks.is_app_code(session, keys_of(app), viewer.account_id, code)


def options(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def add_passkey(app: Flask, viewer: Viewer, **traits: Any) -> Authenticator:
    """A telephone on which *viewer* has set up a passkey."""
    phone = Authenticator(ORIGIN, **traits)
    asked = options(passkey_actions.ask_to_add(PARTY, viewer, BROWSER))
    answer = Answer(BROWSER, phone.make(asked))
    passkey_actions.add_passkey(current_rules(app), PARTY, viewer, answer, name="Mi teléfono")
    return phone


def ask_at_the_door(app: Flask, browser: str = BROWSER) -> dict[str, Any]:
    rules = current_rules(app)
    return options(passkey_actions.ask_who_it_is(PARTY, rules, browser, "10.0.0.1"))


def owner(answer: str, *, browser: str = BROWSER, party: Party = PARTY) -> int | None:
    """Whose account *answer* opens at the door; None when it is refused."""
    try:
        proof = passkey_actions.use_answer(passkey_actions.SIGN_IN, Answer(browser, answer))
        with db.bookkeeping() as session:
            return passkey_actions.owner_of(session, party, proof)
    except NotAllowed:
        return None


def acts(action: str) -> int:
    with db.reading() as session:
        query = select(func.count(AuditEvent.id)).where(AuditEvent.action == action)
        return session.scalar(query) or 0


def secrets_kept() -> list[TotpSecret]:
    with db.reading() as session:
        return list(session.scalars(select(TotpSecret).order_by(TotpSecret.id)))


def challenges_left() -> int:
    with db.reading() as session:
        query = select(func.count(PasskeyChallenge.challenge))
        return session.scalar(query.where(PasskeyChallenge.used_at.is_(None))) or 0
