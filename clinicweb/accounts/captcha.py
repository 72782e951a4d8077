"""
Proof that whoever fills in a form took some trouble.  S1-5, S1-9, S1-10.

A browser with scripts finds a number (the altcha protocol); a person without them reads or hears
six digits.  Both challenges are signed for one form and some minutes and need no row: only an
answer is written down, by one INSERT, so that it counts once.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from unicodedata import decimal

import altcha
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from clinicweb.accounts.models import CaptchaUsed
from clinicweb.clinic.rules import Captcha
from clinicweb.core import clock, limits, tokens
from clinicweb.core.db import bookkeeping, reading
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.ids import new_public_id

# The forms that may ask; a challenge of one is worth nothing in another.
SIGN_IN = "ingresar"
REGISTRATION = "registro"
RECOVERY = "recuperar"
REACTIVATION = "reactivar"
CONTACT = "contacto"
PURPOSES = (SIGN_IN, REGISTRATION, RECOVERY, REACTIVATION, CONTACT)
_WORKS = {form: tokens.declare_purpose(f"captcha.{form}") for form in PURPOSES}
_PICTURES = {form: tokens.declare_purpose(f"captcha-picture.{form}") for form in PURPOSES}

MISSING = "captcha.missing"
WRONG = "captcha.wrong"
OVER = "captcha.over"

LONGEST_WORK = 2000
_HOUR = timedelta(hours=1)
# Two machines' clocks differ: an answer is remembered for longer than it is good.
_REMEMBERED = timedelta(minutes=5)
# A browser asks for another challenge so long before the old one's end.
_MARGIN = 60
# What people type for a digit that looks like a letter.
_LOOKALIKES = str.maketrans("OQDILSBZG", "000115826")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a form brought: the solver's *work*, or a *picture*'s token and the *typed* digits."""

    work: str = ""
    picture: str = ""
    typed: str = ""


def challenge(keys: Sequence[str], purpose: str, rules: Captcha) -> str:
    """A challenge of the altcha protocol as JSON; any number up to its ``max`` may solve it."""
    found = altcha.create_challenge(
        "SHA-256",
        1,
        counter=secrets.randbelow(rules.work + 1),
        expires_at=clock.now() + timedelta(minutes=rules.minutes),
        data={"max": rules.work, "seconds": rules.minutes * 60 - _MARGIN},
        hmac_secret=tokens.subkey(keys[-1], _WORKS[purpose]),
    )
    return json.dumps(found.to_dict(), separators=(",", ":"))


def picture(keys: Sequence[str], purpose: str) -> str:
    """The token of a new picture: it says nothing of the digits, which only we can tell."""
    return tokens.issue(keys, _PICTURES[purpose], new_public_id())


def digits_of(keys: Sequence[str], purpose: str, token: str, rules: Captcha) -> str:
    """What the picture of *token* shows.  Raises: ``NotFound`` when it is none, or too old."""
    if purpose not in PURPOSES:
        raise NotFound
    try:
        picture_id = _picture_id(keys, purpose, token, rules)
    except tokens.BadToken:
        raise NotFound from None
    return tokens.code(keys[-1], _PICTURES[purpose], picture_id)


def accept(
    keys: Sequence[str], purpose: str, answer: Answer, *, rules: Captcha, address: str
) -> None:
    """
    Use *answer* up.

    Raises: ``NotAllowed`` when it is missing, wrong, of another form, too old or used before;
    ``TooManyAttempts`` when digits were typed too often from the network of *address*.
    """
    if answer.work:
        used, until = _worked(keys, purpose, answer.work)
    elif answer.picture and answer.typed.strip():
        _count(rules, address)
        used, until = _read(keys, purpose, answer, rules)
    else:
        raise NotAllowed(MISSING)
    _use_up(used, until)
    # Only now: wrong digits use their picture up too.
    if not answer.work and not _is_right(keys, purpose, used, answer.typed):
        raise NotAllowed(WRONG)


def _worked(keys: Sequence[str], purpose: str, work: str) -> tuple[str, datetime]:
    """The challenge that *work* solves, and until when it is good."""
    secret_keys = [tokens.subkey(key, _WORKS[purpose]) for key in reversed(keys)]
    if not any(altcha.verify_solution(work, key).verified for key in secret_keys):
        raise NotAllowed(OVER)
    solved = altcha.Payload.from_base64(work).challenge.parameters
    until = datetime.fromtimestamp(solved.expires_at or 0, UTC)
    if until <= clock.now():
        raise NotAllowed(OVER)
    return solved.nonce, until


def _read(
    keys: Sequence[str], purpose: str, answer: Answer, rules: Captcha
) -> tuple[str, datetime]:
    try:
        picture_id = _picture_id(keys, purpose, answer.picture, rules)
    except tokens.BadToken:
        raise NotAllowed(OVER) from None
    return picture_id, clock.now() + timedelta(minutes=rules.minutes)


def _picture_id(keys: Sequence[str], purpose: str, token: str, rules: Captcha) -> str:
    return tokens.read(keys, _PICTURES[purpose], token, max_age=timedelta(minutes=rules.minutes))


def _is_right(keys: Sequence[str], purpose: str, picture_id: str, typed: str) -> bool:
    read = typed.upper().translate(_LOOKALIKES)
    meant = "".join(str(decimal(letter)) for letter in read if letter.isdecimal())
    return tokens.is_code(keys, _PICTURES[purpose], picture_id, meant)


def _count(rules: Captcha, address: str) -> None:
    with bookkeeping() as session:  # of its own: a wrong one counts too
        counted = f"captcha:{limits.network_of(address)}"
        limits.count_attempt(session, counted, limit=rules.pictures_per_address_hour, window=_HOUR)


def _use_up(used: str, until: datetime) -> None:
    """Of two that bring the same answer at once, one gets it."""
    with bookkeeping() as session:
        is_postgres = session.get_bind().dialect.name == "postgresql"
        insert = postgresql.insert if is_postgres else sqlite.insert
        new = insert(CaptchaUsed).values(id=used, expires_at=until).on_conflict_do_nothing()
        if session.execute(new.returning(CaptchaUsed.id)).one_or_none() is None:
            raise NotAllowed(OVER)


def has_failed_often(rules: Captcha, address: str) -> bool:
    """Whether some sign-ins have just failed in the network of *address*."""
    with reading() as session:
        counted = f"address:{limits.network_of(address)}"
        return limits.attempts_on(session, counted) >= rules.failures


def purge() -> None:
    """Forget the answers that are too old to be brought again."""
    old = CaptchaUsed.expires_at < clock.now() - _REMEMBERED
    with bookkeeping() as session:
        session.execute(delete(CaptchaUsed).where(old))
