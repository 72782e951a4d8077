"""The files of an import: which they are, and their text."""

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path

from clinicweb.core.i18n import _
from clinicweb.imports.problems import LineIndex, Problem

SUFFIXES = (".csv", ".json")


class UnreadableFileError(Exception):
    """A file that gives no text; *problem* says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files named and those of the folders named, each once, in a stable order."""
    found = {path.resolve(): path for given in paths for path in _files_of(given)}
    return list(found.values())


def _files_of(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(
            file for file in path.rglob("*") if file.is_file() and file.suffix.lower() in SUFFIXES
        )
    else:
        yield path


def read_text(path: Path) -> str:
    """
    Return the text of a UTF-8 file, without its byte order mark.

    Raises: UnreadableFileError with the place of the first byte that is not UTF-8.
    """
    try:
        content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        place = LineIndex(before).position(len(before))
        message = _(
            "el archivo no es UTF-8: byte 0x%(byte)02x; guárdelo como UTF-8",
            byte=content[error.start],
        )
        problem = Problem(str(path), place.line, place.column, message)
        raise UnreadableFileError(problem) from error
    except OSError as error:
        message = _("no se puede leer: %(reason)s", reason=error.strerror or error)
        raise UnreadableFileError(Problem(str(path), 1, 1, message)) from error
