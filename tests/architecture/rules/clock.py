"""``clinicweb.core.clock`` is the only clock."""

import ast
from collections.abc import Iterator

CLOCK = "clinicweb/core/clock.py"
# What is before the dot, and what after it reads the time of day. ``time.monotonic`` measures
# durations and is free to use.
READINGS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime", "asctime"},
    "func": {"now", "current_timestamp", "localtimestamp", "current_date"},
}


def check_clock(name: str, text: str) -> Iterator[str]:
    if name == CLOCK:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr in READINGS.get(
            _last_name(node.value), ()
        ):
            yield f"{name}:{node.lineno}: {ast.unparse(node)} is not the clock of the house"
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            hidden = [alias.name for alias in node.names if alias.name in READINGS["time"]]
            yield from (f"{name}:{node.lineno}: imports time.{word}" for word in hidden)
        if isinstance(node, ast.Constant) and "CURRENT_TIMESTAMP" in str(node.value):
            yield f"{name}:{node.lineno}: CURRENT_TIMESTAMP is not the clock of the house"


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
