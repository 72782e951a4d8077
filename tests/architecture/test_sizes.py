"""Sizes that keep the code readable."""

from tests.architecture.rules.sizes import (
    FILE_LINES,
    FUNCTION_LINES,
    TEMPLATE_LINES,
    check_file_size,
    check_function_sizes,
)
from tests.architecture.tree import python_files, template_files

# A migration is a record of what was done, not code to be read again and changed.
RECORDS = "clinicweb/migrations/versions/"
FILES = {
    name: text
    for name, text in python_files("clinicweb", "tests", "tools", "bench")
    if not name.startswith(RECORDS)
}


def test_no_function_is_too_long():
    assert len(FILES) > 10
    assert [c for name, text in FILES.items() for c in check_function_sizes(name, text)] == []


def test_no_file_is_too_long():
    assert [c for name, text in FILES.items() for c in check_file_size(name, text)] == []


def test_no_template_is_too_long():
    files = dict(template_files())

    assert len(files) > 3
    assert [c for name, text in files.items() for c in check_file_size(name, text)] == []


def test_one_line_more_is_rejected():
    function = "def f():\n" + "    x = 1\n" * FUNCTION_LINES

    assert list(check_function_sizes("a.py", function))
    assert not list(check_function_sizes("a.py", function.removesuffix("    x = 1\n")))
    for name, limit in [("a.py", FILE_LINES), ("a.html", TEMPLATE_LINES)]:
        assert list(check_file_size(name, "x\n" * (limit + 1)))
        assert not list(check_file_size(name, "x\n" * limit))
