"""The table at the end of a run tells what was measured, and what failed."""

import pytest

from tests.figures import CATALOGUE, table

FILE = next(path for path, entry in CATALOGUE.items() if entry == "T17")


def report(name: str, outcome: str = "passed", **figures: float) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid=f"{FILE}::{name}",
        location=(FILE, 1, name),
        keywords={},
        outcome=outcome,  # type: ignore[arg-type]
        longrepr=None,
        when="call",
        user_properties=list(figures.items()),
    )


def test_counts_are_added_up_and_of_times_the_worst_is_shown():
    rows = table([
        report("test_kill[sqlite]", rounds=3, p95_seconds=0.2),
        report("test_kill[postgres]", rounds=4, p95_seconds=0.9),
    ])  # fmt: skip

    assert rows == ["T17      passed      2 × test_kill; rounds 7; p95_seconds 0.9"]


def test_one_failed_variant_fails_the_line():
    rows = table([report("test_kill[sqlite]"), report("test_kill[postgres]", "failed")])

    assert "FAILED" in rows[0]


def test_each_catalogued_file_is_there(pytestconfig):
    missing = [path for path in CATALOGUE if not (pytestconfig.rootpath / path).is_file()]

    assert not missing
