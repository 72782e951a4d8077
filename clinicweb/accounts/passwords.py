"""Passwords as argon2id; checking an unknown person costs the same as checking a known one."""

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)

# 64 MiB each: more at once than cores only makes everybody wait longer.
_at_once = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    with _at_once:
        return _hasher.hash(canonical(password))


def is_right(password: str, password_hash: str | None) -> bool:
    """
    Whether *password* is the one of *password_hash*.

    None (nobody) and empty (invited, and has chosen none yet) take as long, and are no.
    """
    with _at_once:
        try:
            _hasher.verify(password_hash or _nobodys_hash(), canonical(password))
        except (VerificationError, InvalidHashError):
            return False
    return bool(password_hash)


def canonical(password: str) -> str:
    """The same password from any keyboard."""
    # Some keyboards send «ñ» as one character, some as two.
    return unicodedata.normalize("NFC", password)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


def warm_up() -> None:
    """Make nobody's hash now, lest the first unknown person wait longer than a known one."""
    _nobodys_hash()
