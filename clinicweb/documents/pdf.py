"""
Pages made into PDFs: few at once, each once, by whichever engine there is.

What was made is kept for a day under the digest of its page, for the eyes of this user alone.
"""

import hashlib
import logging
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from clinicweb.core import clock
from clinicweb.documents.engines import Engine, PdfFailed, find_engine

log = logging.getLogger(__name__)

# The papers that a clinic may print on, as engines call them.
PAPERS = {"a4": "A4", "letter": "Letter"}
KEPT_FOR = timedelta(days=1)
RETRY_SECONDS = 10
_MOST_WAITING = 8
_LONGEST_WAIT_SECONDS = 20.0


class NoEngine(Exception):
    """This machine cannot make a PDF: a page to print stands in."""


class TooManyAtOnce(Exception):
    """So many are being made that nobody else is let in: try again in some seconds."""


class Press:
    """The one place of a process where PDFs are made: as many at once as there are cores."""

    def __init__(
        self,
        folder: Path,
        engine: Engine | None,
        *,
        at_once: int | None = None,
        most_waiting: int = _MOST_WAITING,
    ) -> None:
        self._folder = folder
        self.engine = engine
        at_once = at_once or os.cpu_count() or 1
        self._free = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(at_once + most_waiting)

    def make(self, html: str, paper: str) -> bytes:
        """
        The PDF of *html*; of a page that was made before, at once.

        Raises: ``NoEngine``, ``TooManyAtOnce``, ``PdfFailed``.
        """
        if self.engine is None:
            raise NoEngine
        key = f"{self.engine.name}\n{paper}\n{html}".encode()
        name = hashlib.sha256(key).hexdigest()
        return self._kept(name) or self._made(self.engine, name, html, paper)

    def make_once(self, html: str, paper: str) -> bytes:
        """The same of a page that nobody asks for twice: it is not kept.  Raises: as ``make``."""
        if self.engine is None:
            raise NoEngine
        with self._turn(), tempfile.TemporaryDirectory(prefix="clinicweb-pdf-") as folder:
            return self.engine.make(html, paper, Path(folder))

    def _made(self, engine: Engine, name: str, html: str, paper: str) -> bytes:
        with self._turn(), tempfile.TemporaryDirectory(prefix="clinicweb-pdf-") as folder:
            # Who waited for the same page finds it here.
            found = self._kept(name)
            if found is not None:
                return found
            content = engine.make(html, paper, Path(folder))
        self._keep(name, content)
        return content

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise TooManyAtOnce
        try:
            if not self._free.acquire(timeout=_LONGEST_WAIT_SECONDS):
                raise TooManyAtOnce
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._places.release()

    def _kept(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def _keep(self, name: str, content: bytes) -> None:
        """Whole or not at all; where there is no room it is made again another time."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
                file.write(content)
            Path(file.name).replace(self._folder / name)
        except OSError as error:
            log.warning("a PDF could not be kept: %s", error.strerror)

    def tidy(self) -> int:
        """Forget what is older than ``KEPT_FOR``; how many that were."""
        before = (clock.now() - KEPT_FOR).timestamp()
        old = [
            path
            for path in (self._folder.iterdir() if self._folder.is_dir() else ())
            if path.stat().st_mtime < before
        ]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)


_press: Press | None = None


def configure(folder: Path) -> None:
    """PDFs of this process are kept in *folder*."""
    found = Press(folder, find_engine())
    if found.engine is None:
        log.warning("no PDFs can be made: install wkhtmltopdf, or Pango for WeasyPrint")
    use(found)


def use(found: Press) -> None:
    global _press  # noqa: PLW0603  one installation, one press
    _press = found


def press() -> Press:
    if _press is None:
        raise RuntimeError("no folder for PDFs configured")
    return _press


__all__ = ["NoEngine", "PdfFailed", "Press", "TooManyAtOnce", "configure", "press", "use"]
