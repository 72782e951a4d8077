"""docs/dependencies.md says what each package of pyproject.toml is for."""

import re
import tomllib

from tests.docs.tables import ROOT, document, table

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PAGE = document("docs/dependencies.md")


def names(requirements: list[str]) -> list[str]:
    return [re.split(r"[<>=!~;\s]", requirement, maxsplit=1)[0] for requirement in requirements]


def told(heading: str) -> list[str]:
    rows = table(PAGE, heading)
    return [name.strip("`") for name, purpose, instead in rows if purpose and instead]


def test_every_package_that_runs_is_explained():
    assert told("## To run") == names(PROJECT["dependencies"])


def test_every_tool_is_explained():
    assert told("## To work on it") == names(PROJECT["optional-dependencies"]["dev"])
