"""One clock, so that tests own the time."""

from tests.architecture.rules.clock import check_clock
from tests.architecture.tree import broken_example, python_files


def test_nothing_but_the_clock_reads_the_time():
    files = dict(python_files("clinicweb"))

    assert len(files) > 10
    assert [c for name, text in files.items() for c in check_clock(name, text)] == []


def test_each_way_round_the_clock_is_rejected():
    found = list(check_clock("clock.py", broken_example("python/clock.py.txt")))

    assert len(found) == 9
    assert not any("monotonic" in complaint for complaint in found)
