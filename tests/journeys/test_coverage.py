"""No item of the manual without a test, and no test that is only said to be there."""

import ast
import re
from pathlib import Path

import pytest

from tests.journeys.coverage import COVERAGE, ITEMS

HERE = Path(__file__).parent


def docstrings() -> dict[str, str]:
    """``file::test`` and what it says of itself, of all journeys."""
    return {
        f"{path.name}::{node.name}": ast.get_docstring(node) or ""
        for path in HERE.glob("test_*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def complaints(coverage: dict[str, tuple[str, ...]], tests: dict[str, str]) -> list[str]:
    found = [f"{item} has no test" for item in ITEMS if not coverage.get(item)]
    for item, names in coverage.items():
        for name in names:
            if name not in tests:
                found.append(f"{item}: {name} does not exist")
            elif not re.search(rf"{item}\b", tests[name]):
                found.append(f"{item}: {name} does not cite it")
    return found


def test_every_item_of_the_manual_has_a_journey():
    assert complaints(COVERAGE, docstrings()) == []


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ({**COVERAGE, "S0-28": ()}, "S0-28 has no test"),
        (
            {**COVERAGE, "S0-28": ("test_mail.py::gone",)},
            "S0-28: test_mail.py::gone does not exist",
        ),
        (
            {**COVERAGE, "S0-28": COVERAGE["S0-12"]},
            f"S0-28: {COVERAGE['S0-12'][0]} does not cite it",
        ),
    ],
)
def test_a_gap_in_the_table_is_told(broken: dict[str, tuple[str, ...]], complaint: str):
    assert complaint in complaints(broken, docstrings())
