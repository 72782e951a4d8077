"""Links between documents lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.docs.tables import DOCUMENTS, ROOT, document, links

PICTURES = 100_000


def anchors(text: str) -> set[str]:
    """The anchors that a forge makes of the headings of *text*."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(page: Path) -> list[str]:
    return [link for link in links(page.read_text(encoding="utf-8")) if not leads(page, link)]


def leads(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return False
    return not anchor or anchor in anchors(target.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path):
    assert broken(page) == []


def test_a_link_to_nothing_is_found(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("# Here\n[a](nowhere.md) [b](page.md#here) [c](#there) <img src='x'>")

    assert broken(page) == ["nowhere.md", "#there"]


def test_the_readme_shows_pictures_that_load_quickly():
    shown = [ROOT / link for link in links(document("README.md")) if link.endswith(".png")]

    assert shown
    assert sum(picture.stat().st_size for picture in shown) < PICTURES


def test_every_decision_is_numbered_in_turn():
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs/adr").glob("*.md"))]

    assert numbers == list(range(1, len(numbers) + 1))
