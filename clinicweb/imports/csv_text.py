"""
CSV text as rows of cells that know where they begin.

The standard ``csv`` module knows no columns, so the few rules of RFC 4180 stand here as patterns.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clinicweb.core.i18n import _

_QUOTED = re.compile(r'[ \t]*"([^"]*(?:""[^"]*)*)"[ \t]*')
_OPEN_QUOTE = re.compile(r'[ \t]*"')
_BARE = re.compile(r"[^,\r\n]*")
_ROW_END = re.compile(r"(?:\r\n|\n|\r)?")


@dataclass(frozen=True, slots=True)
class Cell:
    """``text`` is without its quotes; ``flaw`` says why it cannot be read, ``None`` when it can."""

    text: str
    offset: int
    flaw: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """At least one cell; ``end`` is the offset after the last."""

    cells: tuple[Cell, ...]
    end: int

    @property
    def is_blank(self) -> bool:
        return not any(cell.text.strip() or cell.flaw for cell in self.cells)


def rows_of(text: str) -> Iterator[Row]:
    """Split *text* into rows; those without anything in them are left out."""
    offset = 0
    while offset < len(text):
        row = _take_row(text, offset)
        offset = _end(_ROW_END, text, row.end)
        if not row.is_blank:
            yield row


def _take_row(text: str, offset: int) -> Row:
    cell, end = _take_cell(text, offset)
    cells = [cell]
    while text.startswith(",", end):
        cell, end = _take_cell(text, end + 1)
        cells.append(cell)
    return Row(tuple(cells), end)


def _take_cell(text: str, start: int) -> tuple[Cell, int]:
    quoted = _QUOTED.match(text, start)
    if quoted is None and _OPEN_QUOTE.match(text, start):
        return Cell("", start, _("hay comillas que no se cierran")), len(text)
    if quoted is None:
        end = _end(_BARE, text, start)
        return Cell(text[start:end], start), end
    end = _end(_BARE, text, quoted.end())
    flaw = _("hay texto después de las comillas") if end > quoted.end() else None
    return Cell(quoted[1].replace('""', '"'), start, flaw), end


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Return where a match of *pattern*, which may be empty, ends."""
    match = pattern.match(text, start)
    return match.end() if match else start
