"""
What people may send: told by its first bytes, then opened by a process of its own.

Nothing here decodes anything: pictures are drawn anew and PDFs are looked through by
``picture_checking`` and ``pdf_checking``, which live for one file, with little memory and time.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filetype

from clinicweb.core import checking
from clinicweb.core.errors import NoRoom, NotAllowed, Unavailable

JPEG, PNG, WEBP, PDF = "jpg", "png", "webp", "pdf"
PICTURES = frozenset({JPEG, PNG, WEBP})
KINDS = PICTURES | {PDF}
HEIC = "heic"

EMPTY = "file.empty"
UNKNOWN = "file.kind"
NO_PHOTO_OF_APPLE = "file.heic"
DAMAGED = checking.DAMAGED
TOO_MANY_PIXELS = checking.TOO_MANY_PIXELS
LOCKED = checking.LOCKED
HAS_FILES = checking.HAS_FILES
REFUSALS = frozenset({DAMAGED, TOO_MANY_PIXELS, LOCKED, HAS_FILES})

LONGEST_SECONDS = 20.0  # of the clock; of work it may do 3
# Our secrets stand in ours.
_ENVIRONMENT = {"LANG": "C.UTF-8", "PYTHONPATH": str(Path(__file__).parents[2])}
_FIRST_BYTES = 261
# Each may take 64 MB and a processor: more of them at once help nobody.
_AT_ONCE = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Checked:
    """
    A file that may be kept: what is at *path* is ours, or was found harmless.

    Args:
        kind: ``jpg`` or ``pdf``: what ``path`` holds now.
        preview: where the small picture is; None for a PDF.
        width, height: of the picture, in pixels, as people see it; 0 for a PDF.
        is_changed: a PDF lost scripts or actions.
    """

    kind: str
    path: Path
    preview: Path | None = None
    width: int = 0
    height: int = 0
    is_changed: bool = False
    peak_kib: int = 0  # the memory that looking took


def kind_of(path: Path) -> str:
    """
    What the file at *path* is by its first bytes: one of ``KINDS``.

    Raises: ``NotAllowed`` with ``file.empty``, ``file.heic`` or ``file.kind``.
    """
    with path.open("rb") as file:
        first = file.read(_FIRST_BYTES)
    if not first:
        raise NotAllowed(EMPTY)
    found = filetype.guess(first)
    ending = found.extension if found else ""
    if ending in {HEIC, "avif"}:
        raise NotAllowed(NO_PHOTO_OF_APPLE)
    if ending not in KINDS:
        raise NotAllowed(UNKNOWN)
    return str(ending)


def check(path: Path, workshop: Path, *, welcome: Collection[str] = KINDS) -> Checked:
    """
    Look at the file at *path*, and make of it what is kept, in the folder *workshop*.

    Args:
        welcome: which of ``KINDS`` are taken here.

    Raises: ``NotAllowed`` with the reason; ``NoRoom``; ``Unavailable`` when others keep it busy.
    """
    kind = kind_of(path)
    if kind not in welcome:
        raise NotAllowed(UNKNOWN)
    if not _AT_ONCE.acquire(timeout=LONGEST_SECONDS):
        raise Unavailable
    try:
        answer = _ask(kind, path, workshop)
    finally:
        _AT_ONCE.release()
    reason = answer.get("reason")
    if reason == checking.FULL:
        raise NoRoom
    if reason is not None:
        raise NotAllowed(reason if reason in REFUSALS else DAMAGED)
    return _checked(kind, path, workshop, answer)


def _checked(kind: str, path: Path, workshop: Path, answer: dict[str, Any]) -> Checked:
    if kind == PDF:
        is_changed = bool(answer["is_changed"])
        made = workshop / checking.MADE if answer["is_made_anew"] else path
        return Checked(PDF, made, is_changed=is_changed, peak_kib=answer["peak_kib"])
    return Checked(
        JPEG,
        workshop / checking.MADE,
        workshop / checking.PREVIEW,
        width=answer["width"],
        height=answer["height"],
        peak_kib=answer["peak_kib"],
    )


def _ask(kind: str, path: Path, workshop: Path) -> dict[str, Any]:
    """The checker's answer; what it died of is the file's fault."""
    program = "pdf_checking" if kind == PDF else "picture_checking"
    # -P: what lies in the folder where it works is no module.
    python = [sys.executable, "-s", "-P", "-m", f"clinicweb.core.{program}"]
    try:
        done = subprocess.run(  # noqa: S603  our own program, names of our own making
            [*python, str(path), str(workshop)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=LONGEST_SECONDS,
            env=_ENVIRONMENT,
            cwd=workshop,
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"reason": DAMAGED}
    return answer
