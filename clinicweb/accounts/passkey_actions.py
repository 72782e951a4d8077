"""Passkeys: added, named, removed, and asked for in place of a password or after it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from webauthn.helpers.structs import AuthenticationCredential

from clinicweb.accounts import ceremonies
from clinicweb.accounts import factor_news as news
from clinicweb.accounts.ceremonies import BadAnswer, Known, NewKey, Party
from clinicweb.accounts.factor_models import Passkey, PasskeyChallenge, PasskeyUser
from clinicweb.accounts.own_factor_actions import lock, refuse_to_end_the_last
from clinicweb.accounts.session_actions import note_factor_added
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, limits
from clinicweb.core.db import bookkeeping, transaction
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer

REFUSED = "passkey.refused"
TOO_MANY = "passkey.too_many"
# What a challenge is for.
ADD = "add"
SIGN_IN = "sign-in"
FACTOR = "factor"

MOST_PASSKEYS = 20
_HOUR = timedelta(hours=1)
_CHALLENGES_AN_HOUR = 40
_LIFETIME = timedelta(seconds=ceremonies.LIFETIME_SECONDS)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an authenticator said (*text*, JSON), in the browser that holds the nonce *browser*."""

    browser: str
    text: str


@dataclass(frozen=True, slots=True)
class Proof:
    """An answer to a challenge of ours, which is used up; the signature is still to be checked."""

    credential: AuthenticationCredential
    challenge: str
    purpose: str
    account_id: int | None


def ask_to_add(party: Party, viewer: Viewer, browser: str) -> str:
    """What the viewer's browser hands to an authenticator.  Raises: ``TooManyAttempts``."""
    with bookkeeping() as session:
        counted = f"passkey-add:{viewer.account_id}"
        limits.count_attempt(session, counted, limit=_CHALLENGES_AN_HOUR, window=_HOUR)
        return ceremonies.options_to_add(
            party,
            challenge=_new_challenge(session, ADD, browser, viewer.account_id),
            handle=_handle(session, viewer.account_id),
            user=viewer.name,
            known=_known(session, viewer.account_id),
        )


def ask_who_it_is(party: Party, rules: ClinicRules, browser: str, address: str) -> str:
    """The same for whoever stands at the door.  Raises: ``TooManyAttempts`` for their address."""
    rate = rules.sign_in.failures_per_address_hour
    with bookkeeping() as session:
        limits.count_attempt(session, door_counter(address), limit=rate, window=_HOUR)
        challenge = _new_challenge(session, SIGN_IN, browser, None)
        return ceremonies.options_to_prove(party, challenge=challenge)


def ask_for_proof(party: Party, account_id: int, browser: str) -> str:
    """The same after the password of *account_id*.  Raises: ``TooManyAttempts``."""
    with bookkeeping() as session:
        counted = f"passkey-factor:{account_id}"
        limits.count_attempt(session, counted, limit=_CHALLENGES_AN_HOUR, window=_HOUR)
        challenge = _new_challenge(session, FACTOR, browser, account_id)
        known = _known(session, account_id)
        return ceremonies.options_to_prove(party, challenge=challenge, known=known)


def door_counter(address: str) -> str:
    return f"passkey-door:{limits.network_of(address)}"


def add_passkey(
    rules: ClinicRules, party: Party, viewer: Viewer, answer: Answer, *, name: str
) -> None:
    """Raises: ``NotAllowed`` (``passkey.refused``, ``passkey.too_many``)."""
    new = _checked(party, viewer, answer)
    with transaction(viewer) as session:
        lock(session, viewer.account_id)
        if session.scalar(select(Passkey.id).where(Passkey.credential_id == new.credential_id)):
            raise NotAllowed(REFUSED)
        mine = select(func.count(Passkey.id)).where(Passkey.account_id == viewer.account_id)
        if (session.scalar(mine) or 0) >= MOST_PASSKEYS:
            raise NotAllowed(TOO_MANY)
        session.add(_passkey(viewer.account_id, new, name))
        note_factor_added(session, viewer.account_id)
        news.tell(session, rules, viewer.account_id, news.PASSKEY_ON)


def _checked(party: Party, viewer: Viewer, answer: Answer) -> NewKey:
    try:
        credential = ceremonies.read_new(answer.text)
        challenge = ceremonies.challenge_of(credential)
        _use_challenge(challenge, ADD, answer.browser, viewer.account_id)
        return ceremonies.check_new(party, credential, challenge)
    except BadAnswer:
        raise NotAllowed(REFUSED) from None


def _passkey(account_id: int, new: NewKey, name: str) -> Passkey:
    return Passkey(
        public_id=new_public_id(),
        account_id=account_id,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        transports=" ".join(new.transports)[:120],
        name=name,
        created_at=clock.now(),
    )


def rename_passkey(viewer: Viewer, public_id: str, name: str) -> None:
    """Raises: ``NotFound`` for anybody else's."""
    with transaction(viewer) as session:
        _own(session, viewer, public_id).name = name
        news.note(session, viewer.account_id, "passkey_rename")


def remove_passkey(rules: ClinicRules, viewer: Viewer, public_id: str) -> None:
    """Raises: ``NotAllowed`` (``factor.last``), ``NotFound`` for anybody else's."""
    with transaction(viewer) as session:
        lock(session, viewer.account_id)
        passkey = _own(session, viewer, public_id)
        session.delete(passkey)
        session.flush()
        refuse_to_end_the_last(session, rules, viewer)
        news.tell(session, rules, viewer.account_id, news.PASSKEY_OFF)


def _own(session: Session, viewer: Viewer, public_id: str) -> Passkey:
    found = session.scalar(
        select(Passkey).where(
            Passkey.public_id == public_id, Passkey.account_id == viewer.account_id
        )
    )
    if found is None:
        raise NotFound
    return found


def use_answer(purpose: str, answer: Answer, account_id: int | None = None) -> Proof:
    """
    Use up the challenge that *answer* answers, whatever the answer is worth.

    Raises: ``NotAllowed`` (``passkey.refused``): not ours, not for this, not in this browser,
    too late, or used.
    """
    try:
        credential = ceremonies.read_proof(answer.text)
        challenge = ceremonies.challenge_of(credential)
    except BadAnswer:
        raise NotAllowed(REFUSED) from None
    _use_challenge(challenge, purpose, answer.browser, account_id)
    return Proof(credential, challenge, purpose, account_id)


def owner_of(session: Session, party: Party, proof: Proof) -> int:
    """
    The account whose passkey signed *proof*; its count moves on.

    Raises: ``NotAllowed`` (``passkey.refused``), the same for whatever is wrong with it.
    """
    query = (
        select(Passkey, PasskeyUser.handle)
        .join(PasskeyUser, PasskeyUser.account_id == Passkey.account_id)
        .where(Passkey.credential_id == proof.credential.id)
    )
    found = session.execute(query.with_for_update(of=Passkey)).one_or_none()
    if found is None or not _is_theirs(proof, *found):
        raise NotAllowed(REFUSED)
    passkey: Passkey = found[0]
    try:
        count = ceremonies.check_proof(
            party,
            proof.credential,
            proof.challenge,
            public_key=passkey.public_key,
            sign_count=passkey.sign_count,
        )
    except BadAnswer:
        raise NotAllowed(REFUSED) from None
    passkey.sign_count, passkey.last_used_at = count, clock.now()
    return passkey.account_id


def _is_theirs(proof: Proof, passkey: Passkey, handle: str) -> bool:
    """Whether the key is of whom the authenticator says, and of whom we asked."""
    said = ceremonies.handle_of(proof.credential)
    if proof.account_id is None:  # nobody was named: the authenticator has to
        return said == handle
    return proof.account_id == passkey.account_id and said in (None, handle)


def _new_challenge(session: Session, purpose: str, browser: str, account_id: int | None) -> str:
    row = PasskeyChallenge(
        challenge=secrets.token_urlsafe(32),
        purpose=purpose,
        account_id=account_id,
        browser_hash=_hashed(browser),
        expires_at=clock.now() + _LIFETIME,
    )
    session.add(row)
    return row.challenge


def _use_challenge(challenge: str, purpose: str, browser: str, account_id: int | None) -> None:
    now = clock.now()
    used = update(PasskeyChallenge).where(
        PasskeyChallenge.challenge == challenge,
        PasskeyChallenge.purpose == purpose,
        PasskeyChallenge.account_id.is_not_distinct_from(account_id),
        PasskeyChallenge.browser_hash == _hashed(browser),
        PasskeyChallenge.used_at.is_(None),
        PasskeyChallenge.expires_at > now,
    )
    # By itself, and first: an answer that turns out wrong has used it up as well.
    with bookkeeping() as session:
        found = session.execute(used.values(used_at=now).returning(PasskeyChallenge.challenge))
        if found.first() is None:
            raise NotAllowed(REFUSED)


def _handle(session: Session, account_id: int) -> str:
    lock(session, account_id)
    user = session.get(PasskeyUser, account_id)
    if user is None:
        user = PasskeyUser(account_id=account_id, handle=secrets.token_urlsafe(32))
        session.add(user)
    return user.handle


def _known(session: Session, account_id: int) -> list[Known]:
    mine = select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)
    return [Known(key.credential_id, key.transports.split()) for key in session.scalars(mine)]


def _hashed(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()
