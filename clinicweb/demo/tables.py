"""The demo's invented names and plans, read from the package's own data files."""

import csv
import tomllib
from importlib.resources import files
from typing import Any

DATA = files("clinicweb.demo") / "data"


def read_plan(name: str) -> dict[str, Any]:
    """The content of ``data/<name>.toml``."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


def has_plan(name: str) -> bool:
    return (DATA / f"{name}.toml").is_file()


def given_names(sex: str) -> list[str]:
    return [row["name"] for row in _read_table("given_names") if row["sex"] == sex]


def family_names() -> list[str]:
    return [row["name"] for row in _read_table("family_names")]


def _read_table(name: str) -> list[dict[str, str]]:
    lines = (DATA / f"{name}.csv").read_text("utf-8").splitlines()
    return list(csv.DictReader(lines))
