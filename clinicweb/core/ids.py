"""Opaque names for records that appear in addresses."""

import re
import secrets

PUBLIC_ID_PATTERN = r"[A-Za-z0-9_-]{22}"
_PUBLIC_ID = re.compile(PUBLIC_ID_PATTERN)


def new_public_id() -> str:
    """128 random bits as 22 characters that need no escaping in a URL."""
    return secrets.token_urlsafe(16)


def is_public_id(text: str) -> bool:
    return _PUBLIC_ID.fullmatch(text) is not None
