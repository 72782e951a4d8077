"""Opaque names for records that appear in addresses."""

import re
import secrets

PUBLIC_ID_PATTERN = r"[A-Za-z0-9_-]{22}"
_PUBLIC_ID = re.compile(PUBLIC_ID_PATTERN)
# Without what is mistaken for another when it is read out: 0 O, 1 I L, 2 Z, 5 S, 8 B.
_LETTERS = "34679ACDEFGHJKMNPQRTUVWXY"


def new_public_id() -> str:
    """128 random bits as 22 characters that need no escaping in a URL."""
    return secrets.token_urlsafe(16)


def new_reference() -> str:
    """
    Said over the telephone and typed by somebody else: ``K3MR-97TA``.

    >>> len(new_reference())
    9
    """
    drawn = [secrets.choice(_LETTERS) for _ in range(8)]
    return f"{''.join(drawn[:4])}-{''.join(drawn[4:])}"


def is_public_id(text: str) -> bool:
    return _PUBLIC_ID.fullmatch(text) is not None
