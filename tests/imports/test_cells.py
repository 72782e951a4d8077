"""One cell of a table: what is understood, and what is refused with words."""

from datetime import date, datetime, time

import pytest

from clinicweb.imports import cells


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (cells.line(20), " Jose\u0301  \u202ePen\u0303a\x07 ", "José Peña"),
        (cells.paragraphs, "Uno\r\n dos \n", "Uno\ndos"),
        (cells.code, " MG-1 ", "MG-1"),
        (cells.choice("direct", "off"), "DIRECT", "direct"),
        (cells.listing(cells.code), "a; b;;a", ("a", "b")),
        (cells.integer(1, 7), " 7 ", 7),
        (cells.day, "2024-02-29", date(2024, 2, 29)),
        (cells.wall_time, "9:05", time(9, 5)),
        (cells.wall_time, "23:59:00", time(23, 59)),
        (cells.moment, "2026-03-03T09:30", datetime(2026, 3, 3, 9, 30)),  # noqa: DTZ001
        (cells.moment, "2026-03-03 09:30:00Z", datetime.fromisoformat("2026-03-03T09:30:00Z")),
        (cells.closure_start, "2026-03-03", datetime(2026, 3, 3)),  # noqa: DTZ001
        (cells.closure_end, "2026-03-03", datetime(2026, 3, 4)),  # noqa: DTZ001
        (cells.closure_end, "2026-03-03T14:00", datetime(2026, 3, 3, 14)),  # noqa: DTZ001
        (cells.timezone, "America/Asuncion", "America/Asuncion"),
        (cells.email, "Ana@Correo.Example", "Ana@correo.example"),
        (cells.phone("CL"), "9 8765 4321", "+56987654321"),
        (cells.phone("CL"), "+52 (55) 1234-5678", "+525512345678"),
    ],
)
def test_a_cell_is_read_as_it_is_usually_written(parse, text, value):
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (cells.line(3), "abcd"),
        (cells.code, "a;b"),
        (cells.choice("direct", "off"), "maybe"),
        (cells.integer(1, 7), "0"),
        (cells.integer(1, 7), "8"),
        (cells.integer(1, 7), "1.5"),
        (cells.integer(1, 7), "٣"),
        (cells.day, "2026-02-29"),
        (cells.day, "01/03/2026"),
        (cells.day, "20260301"),
        (cells.past_day, "2999-01-01"),
        (cells.wall_time, "24:00"),
        (cells.wall_time, "9.30"),
        (cells.moment, "2026-03-03"),
        (cells.moment, "2026-03-03T25:00"),
        (cells.closure_start, "2026-03-03T09:00Z"),
        (cells.timezone, "America/Macondo"),
        (cells.timezone, "../etc/passwd"),
        (cells.email, "ana@"),
        (cells.phone("CL"), "12"),
        (cells.phone("CL"), "llámame"),
    ],
)
def test_a_cell_that_cannot_be_is_refused(parse, text):
    with pytest.raises(ValueError, match=r"\w"):
        parse(text)


def test_a_message_shows_no_control_characters_and_stays_short():
    with pytest.raises(ValueError, match="«") as refused:
        cells.day("\x1b[2J" + "x" * 500)

    assert "\x1b" not in str(refused.value)
    assert len(str(refused.value)) < 150
