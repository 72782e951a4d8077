"""
Links that prove something, for mails: a random id, signed for one purpose and some time.

The signature says that we wrote the link; whether it still counts is a row's business, keyed by
the id inside, never by the link's text: several texts verify as the same token.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from clinicweb.core import clock
from clinicweb.core.ids import is_public_id

# Two machines' clocks differ: a link made "in the future" by so little is good.
_SKEW = timedelta(seconds=5)


class _Signer(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


class BadToken(ValueError):
    """Not ours, not for this purpose, or altered."""


class ExpiredToken(BadToken):
    """Ours, and too old."""


def issue(keys: Sequence[str], purpose: str, record_id: str) -> str:
    """A token that names *record_id*; *keys* are the secret keys, the newest last."""
    return str(_serializer(keys, purpose).dumps(record_id))


def read(keys: Sequence[str], purpose: str, token: str, *, max_age: timedelta) -> str:
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


def _serializer(keys: Sequence[str], purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        list(keys),
        salt=f"clinicweb.{purpose}",
        signer=_Signer,
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )
