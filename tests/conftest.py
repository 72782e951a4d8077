"""What every test may ask for. Each module documents its own fixtures."""

import pytest
from hypothesis import settings

# What a busy machine takes long over is not wrong.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

pytest_plugins = ["tests.spared", "tests.services", "tests.server", "tests.pages", "tests.figures"]

# The files that take longest, first: else one worker ends long after the others.
LONGEST = ("journeys/", "booking/test_killed", "booking/test_crowd", "architecture/", "booking/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    path = item.nodeid.removeprefix("tests/")
    return next((rank for rank, part in enumerate(LONGEST) if path.startswith(part)), len(LONGEST))
