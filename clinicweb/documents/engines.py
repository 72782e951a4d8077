"""
The two programs that make a PDF of a page: each bounded, alone in a folder, told to fetch nothing.

wkhtmltopdf is no longer looked after, and the library that calls it reads options from the page
itself: neither may see a network, the disk, or a script.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from ctypes.util import find_library
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pdfkit

# The CPU's time is what bounds work, however busy the machine; the wall clock ends who sleeps.
CPU_SECONDS = 10
LONGEST_SECONDS = 60
_HERE = Path(__file__).parent
_DEAD_PROXY = "http://127.0.0.1:9"
_MARGIN = "16mm"


class PdfFailed(Exception):
    """The engine made nothing of it within its bounds."""


@dataclass(frozen=True, slots=True)
class Engine:
    """
    *command*: what makes a PDF at a path, on a paper (``A4``, ``Letter``), of HTML as its input.

    ``megabytes``: of addresses; what it really uses is bounded in ``bounded``.
    """

    name: str
    megabytes: int
    command: Callable[[Path, str], list[str]]

    def make(self, html: str, paper: str, folder: Path) -> bytes:
        """
        The PDF of *html*, made in the empty *folder*.

        Raises: ``PdfFailed``.
        """
        made = folder / "made.pdf"
        run_bounded(self.megabytes, self.command(made, paper), html.encode(), folder)
        with suppress(FileNotFoundError):
            content = made.read_bytes()
            if content.startswith(b"%PDF-"):
                return content
        raise PdfFailed(self.name)


@cache
def find_engine() -> Engine | None:
    """wkhtmltopdf where it is installed, else WeasyPrint where it can work, else none."""
    return next(iter(found_engines()), None)


def found_engines() -> tuple[Engine, ...]:
    """Those that this machine has, the first choice first."""
    found = []
    if shutil.which("wkhtmltopdf"):
        found.append(Engine("wkhtmltopdf", 2048, _wkhtmltopdf))
    if find_spec("weasyprint") and find_library("pango-1.0") and find_library("pangoft2-1.0"):
        found.append(Engine("weasyprint", 1024, _weasyprint))
    return tuple(found)


class _Kit(pdfkit.PDFKit):
    """pdfkit without CVE-2025-26240: options come from here, never from the page."""

    def _find_options_in_meta(self, _content: str) -> Mapping[str, str]:
        return {}


def _wkhtmltopdf(made: Path, paper: str) -> list[str]:
    options = {
        "encoding": "UTF-8",
        "page-size": paper,
        **dict.fromkeys(("margin-top", "margin-right", "margin-bottom", "margin-left"), _MARGIN),
        "proxy": _DEAD_PROXY,
        "load-error-handling": "ignore",
        "load-media-error-handling": "ignore",
        **dict.fromkeys(
            (
                "disable-javascript",
                "disable-plugins",
                "disable-local-file-access",
            ),
            "",
        ),
    }
    program = pdfkit.configuration(wkhtmltopdf=shutil.which("wkhtmltopdf") or "")
    command: list[str] = _Kit("-", "string", options, configuration=program).command(str(made))
    return command


def _weasyprint(made: Path, paper: str) -> list[str]:
    # -P: what lies in the folder where it works is no module.
    return [sys.executable, "-s", "-P", str(_HERE / "weasy.py"), str(made), paper, _MARGIN]


def run_bounded(megabytes: int, command: list[str], given: bytes, folder: Path) -> None:
    bounds = [sys.executable, "-I", "-S", str(_HERE / "bounded.py"), str(megabytes)]
    with subprocess.Popen(  # noqa: S603  our own programs, names of our own making
        [*bounds, str(CPU_SECONDS), *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_environment(folder),
        start_new_session=True,
    ) as process:
        try:
            process.communicate(given, timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            raise PdfFailed("too slow") from None
        finally:
            # Whatever it started goes with it.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours: no settings, no keys, no home but the folder."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "QT_QPA_PLATFORM": "offscreen",
    }
