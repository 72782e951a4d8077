"""The rows of a CSV file as records, with the line and column of every mistake."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from clinicweb.core.i18n import _
from clinicweb.imports.columns import Column, Table, WrongCellError
from clinicweb.imports.csv_text import Cell, Row, rows_of
from clinicweb.imports.problems import LineIndex, Position, Problem, Source, quoted
from clinicweb.imports.records import Record


class CsvSource(Source):
    """One row of a file: a problem of a column stands where its cell begins."""

    def __init__(self, file: str, lines: LineIndex, names: tuple[str, ...], row: Row) -> None:
        self.file = file
        self._lines = lines
        self._names = names
        self._row = row

    def position(self, field: str) -> Position:
        cells = dict(zip(self._names, self._row.cells, strict=False))
        return self._lines.position(cells.get(field, self._row.cells[0]).offset)

    def problem_at(self, offset: int, message: str) -> Problem:
        place = self._lines.position(offset)
        return Problem(self.file, place.line, place.column, message)


@dataclass(slots=True)
class CsvReading:
    """What one file gave: its records, and its problems in the order found."""

    records: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def read_csv(file: str, text: str, table: Table) -> CsvReading:
    """Read *text* as *table*: a record for every row, and all that is wrong with them."""
    reading = CsvReading()
    rows = rows_of(text)
    header = next(rows, None)
    if header is None:
        message = _("el archivo está vacío: falta la fila de títulos")
        return CsvReading(problems=[Problem(file, 1, 1, message)])
    names = tuple(cell.text.strip().casefold() for cell in header.cells)
    lines = LineIndex(text)
    source = CsvSource(file, lines, names, header)
    reading.problems.extend(_header_problems(source, table, names, header))
    if any(column.name in names for column in table.columns):
        for row in rows:
            _RowReader(CsvSource(file, lines, names, row), table, reading).read(names, row)
    return reading


def _header_problems(
    source: CsvSource, table: Table, names: tuple[str, ...], header: Row
) -> Iterator[Problem]:
    expected = [column.name for column in table.columns]
    seen: Counter[str] = Counter()
    for name, cell in zip(names, header.cells, strict=True):
        seen[name] += 1
        if name not in expected:
            yield source.problem_at(cell.offset, _unknown_column(cell, expected))
        elif seen[name] > 1:
            message = _("la columna %(name)s está dos veces", name=quoted(name))
            yield source.problem_at(cell.offset, message)
    for column in table.columns:
        if column.name not in seen and not column.may_be_missing:
            message = _("falta la columna %(name)s", name=quoted(column.name))
            yield source.problem_at(header.end, message)


def _unknown_column(cell: Cell, expected: list[str]) -> str:
    if cell.flaw:
        return cell.flaw
    if ";" in cell.text:
        return _("las columnas se separan con comas, no con «;»")
    return _(
        "columna desconocida %(name)s; las de este archivo son: %(expected)s",
        name=quoted(cell.text),
        expected=", ".join(expected),
    )


class _RowReader:
    """Reads one row; ``broken`` are the columns that it has not, or not readable."""

    def __init__(self, source: CsvSource, table: Table, reading: CsvReading) -> None:
        self.source = source
        self.table = table
        self.reading = reading
        self.columns = {column.name: column for column in table.columns}
        self.broken = set(self.columns)

    def read(self, names: tuple[str, ...], row: Row) -> None:
        """Add the record of *row*, its unreadable cells as ``None``."""
        values: dict[str, Any] = {column.attribute: None for column in self.table.columns}
        for name, cell in zip(names, row.cells, strict=False):
            column = self.columns.get(name)
            if column is not None:
                values[column.attribute] = self._value(column, cell)
        self._check_length(len(names), row)
        record = self.table.record(source=self.source, **self._finished(values))
        self.reading.records.append(record)

    def _value(self, column: Column, cell: Cell) -> Any:
        try:
            value = _read_cell(column, cell)
        except ValueError as problem:
            return self._unread(column, cell, str(problem))
        self.broken.discard(column.name)
        return value

    def _unread(self, column: Column, cell: Cell, message: str) -> Any:
        """What is kept as it was typed; nothing, and a mistake, everywhere else."""
        if column.as_typed and not cell.flaw:
            with suppress(ValueError):
                kept = column.as_typed(cell.text)
                self.reading.warnings.append(self.source.problem_at(cell.offset, message))
                return kept
        self._report(cell.offset, message)
        return None

    def _finished(self, values: dict[str, Any]) -> dict[str, Any]:
        if self.table.finish_needs & self.broken:
            return values
        try:
            return self.table.finish(values)
        except WrongCellError as problem:
            self.reading.problems.append(self.source.problem(problem.column, str(problem)))
            return values

    def _check_length(self, expected: int, row: Row) -> None:
        found = len(row.cells)
        if found == expected:
            return
        offset = row.cells[expected].offset if found > expected else row.end
        message = _(
            "la fila tiene %(found)d celdas y los títulos son %(expected)d",
            found=found,
            expected=expected,
        )
        self._report(offset, message)

    def _report(self, offset: int, message: str) -> None:
        self.reading.problems.append(self.source.problem_at(offset, message))


def _read_cell(column: Column, cell: Cell) -> Any:
    if cell.flaw:
        raise ValueError(cell.flaw)
    if cell.text.strip():
        return column.parse(cell.text)
    if column.is_required:
        raise ValueError(_("falta %(name)s", name=column.name))
    return column.blank
