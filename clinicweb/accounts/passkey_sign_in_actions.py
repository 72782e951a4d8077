"""Coming in by a passkey: in place of the password, or after it."""

from collections.abc import Sequence
from dataclasses import dataclass

from clinicweb.accounts import factor_actions, known_devices, passkey_actions, sign_in_requests
from clinicweb.accounts.ceremonies import Party
from clinicweb.accounts.factor_queries import PASSKEY
from clinicweb.accounts.models import Account, SignInRequest
from clinicweb.accounts.passkey_actions import FACTOR, REFUSED, SIGN_IN, Answer
from clinicweb.accounts.session_actions import NewSession
from clinicweb.accounts.sign_in_actions import ACTOR, Opened, let_in
from clinicweb.accounts.sign_in_requests import Browser
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import limits
from clinicweb.core.db import reading, transaction
from clinicweb.core.errors import NotAllowed, NotFound


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """Somebody with a passkey, as ``sign_in_actions.Attempt`` is somebody with a password."""

    answer: Answer
    address: str
    device: str
    device_keys: Sequence[str]
    target: str


def come_in(rules: ClinicRules, party: Party, who: AtTheDoor) -> Opened:
    """
    The passkey says who it is and proves it: it is password and factor together.

    Raises: ``NotAllowed`` (``passkey.refused``), the same for unknown keys, closed accounts and
    whatever else is wrong.
    """
    proof = passkey_actions.use_answer(SIGN_IN, who.answer)
    with transaction(ACTOR) as session:
        account_id = passkey_actions.owner_of(session, party, proof)
        account = session.get_one(Account, account_id, with_for_update=True)
        if not account.is_active:
            raise NotAllowed(REFUSED)
        limits.give_back_attempt(session, passkey_actions.door_counter(who.address))
        known = known_devices.find(who.device_keys, account_id)
        new = NewSession(account.credential_version, who.device, factor=PASSKEY)
        return let_in(session, rules.sign_in, account, new, known=known, target=who.target)


def ask_after_password(party: Party, browser: Browser) -> str:
    """
    What *browser*, whose password was right, hands to an authenticator.

    Raises: ``NotAllowed`` and ``NotFound`` as ``sign_in_requests.look``, ``TooManyAttempts``.
    """
    sign_in_requests.look(browser)
    with reading() as session:
        account_id = session.get_one(SignInRequest, browser.request_id).account_id
    return passkey_actions.ask_for_proof(party, account_id, browser.nonce)


def show_after_password(rules: ClinicRules, party: Party, browser: Browser, text: str) -> Opened:
    """
    S1-12 for a passkey.

    Raises: ``NotAllowed`` (``passkey.refused``, or ``sign_in.code_over`` after too many tries or
    too long), ``NotFound`` when another means was chosen, ``TooManyAttempts``.
    """
    account_id = factor_actions.count_try(browser)
    known = known_devices.find(browser.device_keys, account_id)
    proof = passkey_actions.use_answer(FACTOR, Answer(browser.nonce, text), account_id)
    with transaction(ACTOR) as session:
        request = sign_in_requests.lock_open(session, browser)
        if request.kind != PASSKEY:
            raise NotFound
        passkey_actions.owner_of(session, party, proof)
        return factor_actions.finish(session, rules.sign_in, request, known=known)
