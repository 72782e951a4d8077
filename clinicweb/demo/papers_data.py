"""What the demo's doctors prescribed, counted in days before today."""

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
            "authored_on": (today - timedelta(days=written["days_ago"])).isoformat(),
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


def _written() -> Iterator[tuple[int, Row]]:
    plan: Sequence[Row] = read_plan("prescriptions")["prescriptions"]
    return enumerate(plan, 1)
