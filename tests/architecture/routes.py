"""
The stored list of routes; ``python -m tests.architecture.routes`` writes it anew.

A line is ``rule | methods | endpoint | guard``: a change of any shows up in review.
"""

import sys
import tempfile
from pathlib import Path

from flask import Flask

STORED = Path(__file__).with_name("routes.txt")


def listed(app: Flask) -> list[str]:
    """The routes of *app*, sorted by address."""
    lines = []
    for rule in app.url_map.iter_rules():
        methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        guard = app.view_functions[rule.endpoint].guard  # type: ignore[attr-defined]
        lines.append(f"{rule.rule} | {methods} | {rule.endpoint} | {guard.name}")
    return sorted(lines)


def stored() -> list[str]:
    return STORED.read_text(encoding="utf-8").splitlines()


def main() -> None:
    from tests.pages import make_app

    with tempfile.TemporaryDirectory() as folder:
        lines = listed(make_app(f"sqlite:///{folder}/routes.db", Path(folder), is_demo=True))
    STORED.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(lines)} routes written to {STORED.name}\n")


if __name__ == "__main__":
    main()
