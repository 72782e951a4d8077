"""The demo clinic's files, read back."""

import csv
from datetime import date, datetime
from pathlib import Path

# A winter day, a summer day between holidays, and a leap day.
TODAYS = (date(2026, 6, 17), date(2026, 12, 27), date(2028, 2, 29))

Row = dict[str, str]
Tables = dict[str, list[Row]]


def read_rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def codes(rows: list[Row], column: str = "code") -> set[str]:
    return {row[column] for row in rows}


def day(text: str) -> date:
    return date.fromisoformat(text)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
