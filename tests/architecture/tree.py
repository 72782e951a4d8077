"""Where the project's files lie."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "clinicweb"
TEMPLATES = PACKAGE / "templates"
BROKEN = Path(__file__).parent / "broken"


def python_files(*folders: str) -> Iterator[tuple[str, str]]:
    """Name (from the project's root) and text of every Python file in *folders*."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def template_files() -> Iterator[tuple[str, str]]:
    """Name (as ``render_template`` takes it) and text of every template."""
    for path in sorted(TEMPLATES.rglob("*")):
        if path.is_file():
            yield path.relative_to(TEMPLATES).as_posix(), path.read_text(encoding="utf-8")


def broken_example(name: str) -> str:
    return (BROKEN / name).read_text(encoding="utf-8")
