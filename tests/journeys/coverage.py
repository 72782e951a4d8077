"""
Which journey proves which item of the patients' manuals (``python -m tests.journeys.coverage``).

A journey's docstring cites the items that it walks, as ``S0-12`` or ``S0-13…17``; what stands in
``ITEMS`` must be cited by one.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

HERE = Path(__file__).parent

ITEMS: Mapping[str, str] = {
    "registration": "S0-12…17 S1-2…9 S3-5…9 S3-14…18 S3-57 S3-73 S4-1…14",
    "signing in": "S0-12 S0-18 S1-9…13 S3-74",
    "the ways back": "S3-53…56 S3-61 S3-70…72 S3-75…77 S3-80 S4-17…20",
    "booking in two steps": "S0-19…30",
    "booking step by step": "S1-14…31",
    "help below the forms": "S3-10 S3-13 S3-63…65 S3-67…69 S3-78…79 S3-81 S4-15…16",
    "the guide": "S2-24 S3-86",
    "the captcha": "S1-5 S1-9…10",
    "one's history": "S0-37",
    "one's own account": "S0-38…41 S3-61 S3-82 S4-20",
    "conversations": "S0-45 S2-1…2 S2-7 S2-23",
    "prescriptions": "S3-40…43",
    "sick leaves": "S3-44…48",
    "messages to the clinic": "S3-49…52",
    "the box of an appointment": "S0-5 S0-7…9 S0-31…36",
    "video calls": "S0-42…43 S0-45…50 S2-3…22",
    "a family's way": "S3-2 S3-20…29 S3-30…39 S3-83…85",
}

# What no browser sees better than a request, a mail or a table does: any test may cite it.
ALSO_ELSEWHERE: Mapping[str, str] = {
    "one account a family": "S3-11…12 S3-19",
    "told by mail": "S3-58…60",
}
# What is not there yet.
WAITING: Mapping[str, str] = {
    "S1-1": "the button on the clinic's own site comes with its embedding",
}
# What the manuals say that is nothing to build.
NOTHING_TO_SHOW: Mapping[str, str] = {
    "S3-62": "«muchas otras cosas más»",
    "S3-66": "the clinic's own promise about its policy",
}

_CITED = re.compile(r"\b(S\d)-(\d+)(?:…(\d+))?")


def items_in(text: str) -> Iterator[str]:
    """Each item that *text* cites; a range as its items."""
    for manual, first, last in _CITED.findall(text):
        for number in range(int(first), int(last or first) + 1):
            yield f"{manual}-{number}"


def journeys(folder: Path = HERE) -> dict[str, str]:
    """``file::test`` and what it says of itself, of all journeys; or of all tests in *folder*."""
    return {
        f"{path.name}::{node.name}": ast.get_docstring(node) or ""
        for path in sorted(folder.rglob("test_*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def table(items: Mapping[str, str], tests: Mapping[str, str]) -> dict[str, list[str]]:
    """Each of *items* with the tests that cite it."""
    wanted = [item for text in items.values() for item in items_in(text)]
    cited = {name: set(items_in(text)) for name, text in tests.items()}
    return {item: [name for name, found in cited.items() if item in found] for item in wanted}


def missing(items: Mapping[str, str], tests: Mapping[str, str]) -> list[str]:
    return [item for item, names in table(items, tests).items() if not names]


def known() -> set[str]:
    """Each item that a test shows, or that there is a reason not to show."""
    shown = (item for text in (ITEMS | ALSO_ELSEWHERE).values() for item in items_in(text))
    return {*shown, *WAITING, *NOTHING_TO_SHOW}


if __name__ == "__main__":
    found = table(ITEMS, journeys()) | table(ALSO_ELSEWHERE, journeys(HERE.parent))
    for item, names in found.items():
        print(f"{item:6} {', '.join(names) or 'MISSING'}")  # noqa: T201
    for item, reason in (WAITING | NOTHING_TO_SHOW).items():
        print(f"{item:6} - {reason}")  # noqa: T201
