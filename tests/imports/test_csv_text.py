"""CSV text: every cell is read as the standard module reads it, and knows where it begins."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicweb.imports.csv_text import Row, rows_of
from clinicweb.imports.problems import LineIndex, Position

CELLS = st.text(alphabet=st.sampled_from('aé ,;"\n\r\tñ'), max_size=6)
# The standard module leaves a lone «\r» bare when lines end with «\n».
DIALECTS = st.sampled_from(
    [
        {"lineterminator": "\r\n", "quoting": csv.QUOTE_MINIMAL},
        {"lineterminator": "\r\n", "quoting": csv.QUOTE_ALL},
        {"lineterminator": "\n", "quoting": csv.QUOTE_ALL},
    ]
)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=5)


def texts(text: str) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in rows_of(text)]


def written(table: list[list[str]], dialect: dict[str, object]) -> str:
    file = io.StringIO()
    csv.writer(file, **dialect).writerows(table)
    return file.getvalue()


def begins(row: Row, text: str) -> list[str]:
    """What a reader finds in the lines of *text* at the position told for each cell."""
    lines, index = text.splitlines(keepends=True), LineIndex(text)
    places = [index.position(cell.offset) for cell in row.cells]
    return ["".join(lines[p.line - 1 :])[p.column - 1 :] for p in places]


@given(TABLES, DIALECTS)
def test_what_the_standard_module_writes_is_read_back(table, dialect):
    told = [row for row in table if any(cell.strip() for cell in row)]

    assert texts(written(table, dialect)) == told


@given(TABLES, DIALECTS)
def test_each_cell_begins_where_its_position_says(table, dialect):
    text = written(table, dialect)

    for row in rows_of(text):
        for cell, rest in zip(row.cells, begins(row, text), strict=True):
            quoted = '"' + cell.text.replace('"', '""') + '"'
            assert rest.startswith(quoted if rest.startswith('"') else cell.text)


def test_a_cell_after_one_of_several_lines_has_its_own_line():
    text = 'a,"two\nlines",c\nd,e,f\n'

    first, second = rows_of(text)

    index = LineIndex(text)
    assert [index.position(cell.offset) for cell in first.cells] == [
        Position(1, 1), Position(1, 3), Position(2, 8)
    ]  # fmt: skip
    assert index.position(second.cells[2].offset) == Position(3, 5)


def test_columns_count_characters_not_bytes():
    text = "ñandú,é,x\n"

    (row,) = rows_of(text)

    assert [LineIndex(text).position(cell.offset).column for cell in row.cells] == [1, 7, 9]


def test_quotes_inside_a_bare_cell_are_letters():
    assert texts('Juan "Chito" Pérez,5"\n') == [['Juan "Chito" Pérez', '5"']]


@pytest.mark.parametrize("text", ['a, "b;c" ,d', 'a,"b;c",d', 'a,\t"b;c",d'])
def test_blanks_around_quotes_are_nothing(text):
    assert texts(text)[0][1] == "b;c"


@pytest.mark.parametrize(("text", "offset"), [('a,"b\nc,d', 2), ('a,"b"x,c', 2)])
def test_broken_quotes_are_told_at_their_cell(text, offset):
    flawed = [cell for row in rows_of(text) for cell in row.cells if cell.flaw]

    assert [cell.offset for cell in flawed] == [offset]
