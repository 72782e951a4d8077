"""Catalogues: every text of the code and templates is translated, and none is a guess."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

PLACE = re.compile(r"%\(\w+\)\d*[a-z]")
# The words by which the code marks a text: babel's own and those of clinicweb.core.
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy": None, "counted": (1, 2), "noted": None}


def extracted_texts(root: Path) -> set[str]:
    """The msgids of the project at *root*, by the mappings of its pyproject.toml."""
    mappings = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    found = extract_from_dir(
        root,
        method_map=[(mapping["pattern"], mapping["method"]) for mapping in mappings],
        keywords=KEYWORDS,
        directory_filter=lambda folder: Path(folder).name not in {".git", ".venv", "var", "build"},
    )
    return {_msgid(text) for _, _, text, _, _ in found}


def check_f_strings(name: str, text: str) -> list[str]:
    """Texts inside an f-string, which babel finds under some Pythons and not under others."""
    return [
        f"{name}:{call.lineno} marks a text inside an f-string"
        for outer in ast.walk(ast.parse(text))
        if isinstance(outer, ast.JoinedStr)
        for call in ast.walk(outer)
        if isinstance(call, ast.Call) and getattr(call.func, "id", None) in KEYWORDS
    ]


def read_catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def check_catalogue(catalogue: Catalog, texts: Iterable[str]) -> Iterator[str]:
    """Complaints about *catalogue* as the translation of *texts*."""
    known = {_msgid(message.id): message for message in catalogue if message.id}
    for text in sorted(set(texts)):
        if text not in known:
            yield f"«{text}» is missing"
        else:
            yield from _message_complaints(known[text], text, catalogue)
    yield from (f"«{text}» is used nowhere" for text in sorted(known.keys() - set(texts)))


def _message_complaints(message: Message, text: str, catalogue: Catalog) -> Iterator[str]:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if not all(strings):
        yield f"«{text}» has no translation"
    if message.fuzzy:
        yield f"«{text}» is a guess (fuzzy)"
    if isinstance(message.string, str) and set(PLACE.findall(text)) != set(
        PLACE.findall(message.string)
    ):
        yield f"«{text}» and «{message.string}» have other placeholders"
    yield from (f"«{text}»: {error}" for error in message.check(catalogue))


def _msgid(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]
