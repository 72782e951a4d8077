"""What the signature of a file from a stranger is worth: looked at by a program with bounds."""

import json
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clinicweb.documents.engines import PdfFailed, run_bounded

_PROGRAM = Path(__file__).parent / "signature_check.py"
_MEGABYTES = 1024
# Each costs a second of a core: strangers get few of them.
_AT_ONCE = threading.BoundedSemaphore(2)
_WAIT_SECONDS = 10.0


class CannotLook(Exception):
    """Nobody could look at it within the bounds: not now."""


@dataclass(frozen=True, slots=True)
class Signature:
    """*certificate_hash* is empty where there is not just one signature that can be read."""

    certificate_hash: str = ""
    is_good: bool = False


def signature_of(content: bytes) -> Signature:
    """
    Of any bytes: what nobody can read, or not within the bounds, has none.

    Raises: ``CannotLook``.
    """
    with _turn(), tempfile.TemporaryDirectory(prefix="clinicweb-pdf-") as folder:
        told = Path(folder) / "told.json"
        command = [sys.executable, "-s", "-P", str(_PROGRAM), str(told)]
        try:
            run_bounded(_MEGABYTES, command, content, Path(folder))
            found = json.loads(told.read_text("utf-8"))
        except (PdfFailed, OSError, ValueError):
            return Signature()
    is_good = bool(found.get("is_intact") and found.get("is_whole"))
    return Signature(str(found.get("certificate_hash", "")), is_good)


@contextmanager
def _turn() -> Iterator[None]:
    if not _AT_ONCE.acquire(timeout=_WAIT_SECONDS):
        raise CannotLook
    try:
        yield
    finally:
        _AT_ONCE.release()
