"""
Links that prove something, for mails: a random id, signed for one purpose and some time.

The signature says that we wrote the link; whether it still counts is a row's business, keyed by
the id inside, never by the link's text: several texts verify as the same token.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import NewType

from itsdangerous import (
    BadSignature,
    TimestampSigner,
    URLSafeSerializer,
    URLSafeTimedSerializer,
)

from clinicweb.core import clock
from clinicweb.core.ids import is_public_id

# Two machines' clocks differ: a link made "in the future" by so little is good.
_SKEW = timedelta(seconds=5)
# S3-79: no letter that looks like a digit or like another letter.
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"


# What a link or a code is for, and its salt; only ``declare_purpose`` makes one.
Purpose = NewType("Purpose", str)
_PURPOSES: dict[str, Purpose] = {}


class _Signer(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


class BadToken(ValueError):
    """Not ours, not for this purpose, or altered."""


class ExpiredToken(BadToken):
    """Ours, and too old."""


def declare_purpose(name: str) -> Purpose:
    """Declare a purpose, once.  Raises: ``ValueError`` when another has the name."""
    if name in _PURPOSES:
        raise ValueError(f"two purposes are called {name}")
    return _PURPOSES.setdefault(name, Purpose(name))


def purpose_named(name: str) -> Purpose:
    """The declared purpose, for names that were stored.  Raises: ``LookupError``."""
    return _PURPOSES[name]


def purposes() -> frozenset[Purpose]:
    """All that the imported modules declare."""
    return frozenset(_PURPOSES.values())


def issue(keys: Sequence[str], purpose: Purpose, record_id: str) -> str:
    """A token that names *record_id*; *keys* are the secret keys, the newest last."""
    return str(_serializer(keys, purpose).dumps(record_id))


def read(keys: Sequence[str], purpose: Purpose, token: str, *, max_age: timedelta) -> str:
    """
    The record id in *token*.

    Raises: ``ExpiredToken`` when it is older than *max_age*, ``BadToken`` for all else.
    """
    try:
        record_id, signed_at = _serializer(keys, purpose).loads(token, return_timestamp=True)
    except (BadSignature, ValueError, UnicodeError) as error:
        raise BadToken(purpose) from error
    age = clock.now() - signed_at
    if not isinstance(record_id, str) or not is_public_id(record_id) or age < -_SKEW:
        raise BadToken(purpose)
    if age > max_age:
        raise ExpiredToken(purpose)
    return record_id


def issue_lasting(keys: Sequence[str], purpose: Purpose, record_id: str) -> str:
    """A token without an end, always the same: good as long as its row is there."""
    return str(_lasting(keys, purpose).dumps(record_id))


def read_lasting(keys: Sequence[str], purpose: Purpose, token: str) -> str:
    """The record id in *token*.  Raises: ``BadToken``."""
    try:
        record_id = _lasting(keys, purpose).loads(token)
    except (BadSignature, ValueError, UnicodeError) as error:
        raise BadToken(purpose) from error
    if not isinstance(record_id, str) or not is_public_id(record_id):
        raise BadToken(purpose)
    return record_id


def code(key: str, purpose: Purpose, record_id: str) -> str:
    """Six digits that only we can tell from *record_id*: nothing to store, nothing to steal."""
    return f"{int.from_bytes(_derived(key, purpose, record_id)) % 1_000_000:06d}"


def is_code(keys: Sequence[str], purpose: Purpose, record_id: str, typed: str) -> bool:
    """Whether *typed* is the code of *record_id* under any of *keys*."""
    found = [hmac.compare_digest(code(key, purpose, record_id), typed) for key in keys]
    return any(found)


def password(key: str, purpose: Purpose, record_id: str) -> str:
    """A one-use password: 12 letters and digits that are not taken for one another (59 bits)."""
    number = int.from_bytes(_derived(key, purpose, record_id))
    letters = []
    for _ in range(12):
        number, rest = divmod(number, len(_CLEAR))
        letters.append(_CLEAR[rest])
    return _in_groups(letters)


def new_code_of_letters() -> str:
    """A random code for paper, of the same letters (59 bits)."""
    return _in_groups([secrets.choice(_CLEAR) for _ in range(12)])


def _in_groups(letters: Sequence[str]) -> str:
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))


def subkey(key: str, purpose: Purpose) -> bytes:
    """A key of its own for *purpose*, for those who sign in another way."""
    return _derived(key, purpose, "key")


def _derived(key: str, purpose: Purpose, record_id: str) -> bytes:
    message = f"clinicweb.{purpose}.{record_id}".encode()
    return hmac.new(key.encode(), message, hashlib.sha256).digest()


def _serializer(keys: Sequence[str], purpose: Purpose) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        list(keys),
        salt=f"clinicweb.{purpose}",
        signer=_Signer,
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )


def _lasting(keys: Sequence[str], purpose: Purpose) -> URLSafeSerializer:
    return URLSafeSerializer(
        list(keys),
        salt=f"clinicweb.lasting.{purpose}",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )
