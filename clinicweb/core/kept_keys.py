"""Keys that are made once and kept in a file, for this user's eyes only."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

_SHORTEST_BYTES = 32


class DamagedKey(Exception):
    """The file is there, but what is in it is no key."""


def kept_key(path: Path, size_bytes: int) -> str:
    """
    The key of *size_bytes* in the file *path*, as base64url; made when there is none.

    Raises: ``DamagedKey``.
    """
    if not path.exists():
        _keep_new_key(path, size_bytes)
    key = path.read_text()
    if len(key.encode()) < _SHORTEST_BYTES:
        raise DamagedKey
    return key


def _keep_new_key(path: Path, size_bytes: int) -> None:
    # Written aside and linked: of two processes that start at once, both read the one whole key.
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".key-") as file:
        file.write(secrets.token_urlsafe(size_bytes))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)
