"""
The bytes of sealed documents, each under the digest of its content: written once, never changed.

A file is whole on the disk before a row of the database tells of it; one that no row tells of,
after a crash, is the same file again when it is written again.
"""

import hashlib
import os
import tempfile
from pathlib import Path


class DamagedDocument(Exception):
    """What is kept under a digest is gone, or is not what was sealed."""


class SealedStore:
    """For this user's eyes only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: bytes) -> str:
        """Its digest (SHA-256, hexadecimal), once it is safe on the disk."""
        digest = hashlib.sha256(content).hexdigest()
        place = self._place(digest)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(place)
        place.chmod(0o400)
        _sync_folder(place.parent)
        return digest

    def get(self, digest: str) -> bytes:
        """
        The very bytes that were sealed.

        Raises: ``DamagedDocument`` rather than give any others.
        """
        try:
            content = self._place(digest).read_bytes()
        except OSError as error:
            raise DamagedDocument(digest) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise DamagedDocument(digest)
        return content

    def _place(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def _sync_folder(folder: Path) -> None:
    """A name is as lasting as its folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_store: SealedStore | None = None


def configure(folder: Path) -> None:
    """Sealed documents of this process are in *folder*."""
    global _store  # noqa: PLW0603  one installation, one folder
    _store = SealedStore(folder)


def store() -> SealedStore:
    if _store is None:
        raise RuntimeError("no folder for sealed documents configured")
    return _store
