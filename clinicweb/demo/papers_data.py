"""What the demo's doctors prescribed and certified, counted in days before today."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from clinicweb.demo.tables import read_plan

Row = dict[str, Any]


def prescription_rows(*, today: date) -> list[Row]:
    """Rows of ``prescriptions.csv``."""
    return [
        {
            "code": f"R-{number:04}",
            "patient_mrn": written["patient"],
            "practitioner": written["practitioner"],
            "authored_on": _before(today, written["days_ago"]),
        }
        for number, written in _written()
    ]


def prescription_item_rows() -> list[Row]:
    """Rows of ``prescription_items.csv``."""
    return [
        {
            "prescription": f"R-{number:04}",
            "code": str(at),
            "medication": medicine,
            "dosage": dosage,
            "status": written["status"],
        }
        for number, written in _written()
        for at, (medicine, dosage) in enumerate(written["medicines"], 1)
    ]


def sick_leave_rows(*, today: date) -> list[Row]:
    """Rows of ``sick_leaves.csv``."""
    return [
        {
            "code": written["code"],
            "patient_mrn": written["patient"],
            "practitioner": written["practitioner"],
            "status": written["status"],
            "kind": written["kind"],
            "issued_on": _before(today, written["days_ago"]),
            "starts_on": _before(today, written["days_ago"]),
            "ends_on": _before(today, written["days_ago"] - written["days"] + 1),
            "note": written.get("note", ""),
            "replaces": written.get("replaces", ""),
        }
        for written in read_plan("sick_leaves")["sick_leaves"]
    ]


def _before(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()


def _written() -> Iterator[tuple[int, Row]]:
    plan: Sequence[Row] = read_plan("prescriptions")["prescriptions"]
    return enumerate(plan, 1)
