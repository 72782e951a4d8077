"""
What the programs share that open one file of a stranger each: ``PATH FOLDER`` → JSON.

``file_kinds`` starts them with nothing but a file and a folder. They bound their own memory, time
and writing before they look; the answer is ``reason``, or what was found and made.
"""

import errno
import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MADE, PREVIEW = "made", "preview"

DAMAGED = "file.damaged"
TOO_MANY_PIXELS = "file.pixels"
LOCKED = "file.locked"
HAS_FILES = "file.has_files"
FULL = "disk.full"

SECONDS = 3
_ADDRESS_BYTES = 512 * 1024 * 1024
_WRITTEN_BYTES = 64 * 1024 * 1024

Look = Callable[[Path, Path], dict[str, Any]]


class Refused(Exception):
    """Its only argument is the reason."""


def run(look: Look) -> None:
    """Let *look* see the file, and tell what became of it."""
    _bound()
    path, folder = (Path(argument) for argument in sys.argv[1:])
    sys.stdout.write(json.dumps(_answer(look, path, folder) | {"peak_kib": _peak_kib()}))


def _answer(look: Look, path: Path, folder: Path) -> dict[str, Any]:
    try:
        return look(path, folder)
    except Refused as refused:
        return {"reason": str(refused)}
    except OSError as error:
        is_full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        return {"reason": FULL if is_full else DAMAGED}
    except Exception:  # noqa: BLE001  a file that is not what it says makes libraries raise anything
        return {"reason": DAMAGED}


def _bound() -> None:
    """From here on little can be taken, whatever the file makes of us."""
    for what, most in (
        (resource.RLIMIT_AS, _ADDRESS_BYTES),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, _WRITTEN_BYTES),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _peak_kib() -> int:
    """The most memory this process had; what ``getrusage`` says counts its parent's too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
