"""No file names the machine that it was made on, nor where packages come from."""

import os
from collections.abc import Iterator
from pathlib import Path

from tests.docs.tables import ROOT

# In two halves, lest this file be found itself.
TRACES = tuple(
    a + b
    for a, b in (
        ("/wo", "rk/"), ("/tm", "p/w/"), ("fa", "rm-"), ("pypi", ".org"), ("registry", ".npmjs"),
        ("files", ".pythonhosted"), ("/ho", "me/"), ("/ro", "ot/"),
    )
)  # fmt: skip
MADE = {"var", "build", "dist", "__pycache__"}


def kept_files() -> Iterator[Path]:
    """All files of the project but what tools, tests and runs make."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if name == ".ci"
            or not (name.startswith(".") or name in MADE or name.endswith(".egg-info"))
        ]
        yield from (Path(folder, name) for name in names if name != ".git")


def traces(content: bytes) -> list[str]:
    return [trace for trace in TRACES if trace.encode() in content]


def test_no_file_says_where_it_was_made():
    found = {path: traces(path.read_bytes()) for path in kept_files()}

    assert len(found) > 200
    assert {str(path.relative_to(ROOT)): what for path, what in found.items() if what} == {}


def test_a_trace_would_be_found():
    assert traces(f"see {TRACES[0]}main".encode()) == [TRACES[0]]
