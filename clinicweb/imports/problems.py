"""What is wrong in the files of an import, and where: ``file:line:column: message``."""

import re
from abc import ABC, abstractmethod
from bisect import bisect_right
from dataclasses import dataclass

from clinicweb.core.text import clean_line

LONGEST_QUOTE = 60
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One mistake; lines and columns count from 1, columns in characters."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True, order=True, slots=True)
class Position:
    """A place in a text file, counted from 1."""

    line: int
    column: int


class LineIndex:
    """Tells the line and column of any offset in *text*."""

    def __init__(self, text: str) -> None:
        self._starts = [0] + [match.end() for match in _LINE_END.finditer(text)]

    def position(self, offset: int) -> Position:
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)


class Source(ABC):
    """Where a record was read: knows the place of each of its fields."""

    file: str
    # Whether what it leaves out is only unsaid, and not said to be nothing.
    is_partial = False

    @abstractmethod
    def position(self, field: str) -> Position:
        """Return where *field* stands, or the record when it has no such field."""

    def problem(self, field: str, message: str) -> Problem:
        place = self.position(field)
        return Problem(self.file, place.line, place.column, message)


def quoted(text: str) -> str:
    """Return *text* fit for a terminal line: short, and without control characters."""
    line = clean_line(text)
    return f"«{line[: LONGEST_QUOTE - 1]}…»" if len(line) > LONGEST_QUOTE else f"«{line}»"
