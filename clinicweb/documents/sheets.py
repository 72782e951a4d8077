"""
Rows of a list, cut into what fits a sheet of paper: each begins with the heads of its columns.

One of the engines repeats no heads on its own, so that neither is asked to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from clinicweb.documents.cards import PrescriptionCard

# How many letters fit a line of each column, and lines fit a sheet; the first has a heading too.
_DOCTOR, _NAME, _DOSAGE = 15, 24, 30
_LINES, _FIRST_LINES = 40, 30


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One medicine, and the prescription that it stands in."""

    day_text: str
    doctor_name: str
    name: str
    lines: tuple[str, ...]
    state_text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    number: int
    total: int
    rows: tuple[SheetRow, ...]


def sheets_of(cards: Sequence[PrescriptionCard]) -> tuple[Sheet, ...]:
    """The medicines of *cards* in their order."""
    cut = list(_cut([row for card in cards for row in _rows(card)]))
    return tuple(Sheet(number, len(cut), tuple(rows)) for number, rows in enumerate(cut, 1))


def _rows(card: PrescriptionCard) -> Iterator[SheetRow]:
    for one in card.medications:
        yield SheetRow(card.day_text, card.doctor_name, one.name, one.lines, one.state_text)


def _cut(rows: Sequence[SheetRow]) -> Iterator[list[SheetRow]]:
    sheet: list[SheetRow] = []
    left = _FIRST_LINES
    for row in rows:
        height = _height(row)
        if sheet and height > left:
            yield sheet
            sheet, left = [], _LINES
        sheet.append(row)
        left -= height
    if sheet:
        yield sheet


def _height(row: SheetRow) -> int:
    """How many lines the tallest cell takes; a little more than it may."""
    dosage = sum(_wrapped(line, _DOSAGE) for line in row.lines)
    return max(dosage, _wrapped(row.name, _NAME), _wrapped(row.doctor_name, _DOCTOR), 2)


def _wrapped(text: str, letters: int) -> int:
    return ceil(len(text) / letters) or 1
