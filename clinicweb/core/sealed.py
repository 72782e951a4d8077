"""
Secrets that we must be able to read again, sealed for the table that keeps them.

Each purpose has keys of its own, derived from the secret keys, so that what was sealed for one
place cannot be read in another.
"""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class BadSeal(ValueError):
    """Not sealed for this purpose, by none of the keys, or altered."""


def seal(keys: Sequence[str], purpose: str, text: str) -> str:
    """*text*, readable by who has one of *keys* (the newest last, which seals) and *purpose*."""
    return _box(keys, purpose).encrypt(text.encode()).decode()


def unseal(keys: Sequence[str], purpose: str, sealed: str) -> str:
    """The text in *sealed*.  Raises: ``BadSeal``."""
    try:
        return _box(keys, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise BadSeal(purpose) from error


def _box(keys: Sequence[str], purpose: str) -> MultiFernet:
    # It seals with the first and tries all.
    return MultiFernet([Fernet(_derived(key, purpose)) for key in reversed(keys)])


def _derived(key: str, purpose: str) -> bytes:
    info = f"clinicweb.sealed.{purpose}".encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
