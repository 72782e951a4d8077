"""
Files of people, on disk: under a random name that says nothing, whole or not at all.

``incoming`` holds what is still arriving, ``kept`` what a row of the database tells of. A file is
written aside, made safe on the disk and renamed; the row comes after. What a crash leaves between
the two, a sweep takes away.
"""

import errno
import fcntl
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

from clinicweb.core import clock
from clinicweb.core.errors import Conflict, NoRoom, NotAllowed, NotFound

TOO_LARGE = "file.too_large"
BUSY = "upload.busy"
MOVED_ON = "upload.moved_on"

# The database may live on the same disk: files never take the last of it.
RESERVE_BYTES = 100 * 1024 * 1024
MIB = 1024 * 1024
_NAME = re.compile(r"[0-9a-f]{32}")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

Known = Callable[[Collection[str]], Collection[str]]


_root: Path | None = None


def configure(folder: Path) -> None:
    """Files of this process are in *folder*."""
    global _root  # noqa: PLW0603  one installation, one folder
    _root = folder


def files_of(slice_name: str) -> "FileStore":
    """Each slice sweeps a store of its own: it knows which of those files are somebody's."""
    if _root is None:
        raise RuntimeError("no folder for files configured")
    return FileStore(_root / slice_name)


class FileStore:
    """The files of one slice, in *folder*; for this user's eyes only."""

    def __init__(self, folder: Path) -> None:
        self._incoming = folder / "incoming"
        self._kept = folder / "kept"

    def begin(self, expected_bytes: int) -> str:
        """
        A place for a file that arrives in parts; its name.

        Raises: ``NoRoom`` when the disk could not hold it, what is made of it, and the reserve.
        """
        _make(self._incoming)
        if shutil.disk_usage(self._incoming).free < 2 * expected_bytes + RESERVE_BYTES:
            raise NoRoom
        name = secrets.token_hex(16)
        with _told_when_full():
            os.close(os.open(self._incoming / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        return name

    def received(self, name: str) -> int:
        """How many bytes of *name* have arrived: from there on it is resumed."""
        return _size(self._arriving(name))

    def append(self, name: str, chunks: Iterable[bytes], *, offset: int, longest_bytes: int) -> int:
        """
        Write *chunks* behind the first *offset* bytes; how many there are now.

        A line that breaks on the way leaves what had arrived. Raises: ``Conflict`` when there is
        another number of bytes, or somebody else is writing; ``NotAllowed`` when they are too
        many and ``NoRoom`` when the disk is full: both leave it as it was.
        """
        with self._locked(name) as file:
            if file.seek(0, os.SEEK_END) != offset:
                raise Conflict(MOVED_ON)
            try:
                for chunk in chunks:
                    _write(file, chunk, longest_bytes)
            except (NotAllowed, NoRoom):
                file.truncate(offset)
                raise
            finally:
                os.fdatasync(file.fileno())
            return file.tell()

    def arrived(self, name: str) -> Path:
        """Where *name* is while it arrives.  Raises: ``NotFound``."""
        path = self._arriving(name)
        _size(path)
        return path

    @contextmanager
    def workshop(self) -> Iterator[Path]:
        """A folder to make files in that are then kept; gone at the end, or with the sweep."""
        _make(self._incoming)
        with (
            _told_when_full(),
            tempfile.TemporaryDirectory(dir=self._incoming, prefix="made-") as folder,
        ):
            yield Path(folder)

    def keep(self, path: Path) -> str:
        """Keep the file at *path*, of this very store, besides where it is; its new name."""
        name = secrets.token_hex(16)
        place = self._place(name)
        _make(place.parent)
        with _told_when_full():
            _synchronize(path)
            os.link(path, place)  # whole at once; what arrived stays until its row is written
            _synchronize(place.parent)
        return name

    def path_of(self, name: str) -> Path:
        """Where the kept file *name* is.  Raises: ``NotFound``."""
        path = self._place(name)
        _size(path)
        return path

    def delete(self, name: str) -> None:
        """No harm when it is gone already."""
        self._place(name).unlink(missing_ok=True)

    def drop(self, name: str) -> None:
        """Forget what arrived of *name*."""
        self._arriving(name).unlink(missing_ok=True)

    def sweep(self, *, arriving: Known, kept: Known, older_than: timedelta) -> int:
        """
        Remove what no row tells of; how many.

        Args:
            arriving: of these names, those that somebody still sends.
            kept: of these names, those that are somebody's.
            older_than: a younger file may be about to get its row.
        """
        before = (clock.now() - older_than).timestamp()
        swept = _sweep(self._incoming, arriving, before)
        return swept + sum(_sweep(folder, kept, before) for folder in _inside(self._kept))

    def _arriving(self, name: str) -> Path:
        return self._incoming / _checked(name)

    def _place(self, name: str) -> Path:
        # Some thousand files in one folder are slow to list, and hard to look through.
        return self._kept / _checked(name)[:2] / name

    @contextmanager
    def _locked(self, name: str) -> Iterator[IO[bytes]]:
        try:
            file = self._arriving(name).open("r+b", buffering=0)
        except FileNotFoundError:
            raise NotFound from None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict(BUSY) from None
            yield file


def _make(folder: Path) -> None:
    if folder.is_dir():
        return
    _make(folder.parent)  # `parents=True` would let others read them
    with _told_when_full():
        folder.mkdir(mode=0o700, exist_ok=True)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise NotFound
    return name


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        raise NotFound from None


def _write(file: IO[bytes], chunk: bytes, longest_bytes: int) -> None:
    if file.tell() + len(chunk) > longest_bytes:
        raise NotAllowed(TOO_LARGE, longest_mb=longest_bytes // MIB)
    rest = memoryview(chunk)
    with _told_when_full():
        while rest:  # a raw file may take a part of it
            rest = rest[file.write(rest) :]


def _synchronize(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told_when_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoom from error
        raise


def _sweep(folder: Path, known: Known, before: float) -> int:
    old = {path.name: path for path in _inside(folder) if _changed_at(path) < before}
    orphans = old.keys() - set(known(old.keys()) if old else ())
    for name in orphans:
        _remove(old[name])
    return len(orphans)


def _inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # whoever made it has just taken it away
        return float("inf")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
