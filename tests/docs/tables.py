"""Markdown as these tests need it: tables below headings, and links."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")))

Rows = list[tuple[str, ...]]

_LINK = re.compile(r"\]\(([^)\s]+)\)|\bsrc=\"([^\"]+)\"")


def document(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def table(text: str, heading: str) -> Rows:
    """
    The rows of the first table below *heading*, without its head, cells stripped.

    Raises: ``LookupError`` for a heading that is not there.
    """
    lines = text.splitlines()
    if heading not in lines:
        raise LookupError(heading)
    rows: Rows = []
    for line in lines[lines.index(heading) + 1 :]:
        if line.startswith("|"):
            rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
        elif rows or line.startswith("#"):
            break
    return rows[2:]


def links(text: str) -> Iterator[str]:
    """Where the links and pictures of *text* lead, without those to other sites."""
    for match in _LINK.finditer(text):
        target = match[1] or match[2]
        if "://" not in target and not target.startswith("mailto:"):
            yield target
