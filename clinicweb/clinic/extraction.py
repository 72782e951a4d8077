"""The words of presets for the catalogue, as babel extracts them: [tool.babel] names this."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any


def extract(
    file: IO[bytes],
    _keywords: Collection[str],
    _tags: Collection[str],
    options: Mapping[str, Any],  # noqa: ARG001  babel names it
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Of a preset: (line, function, text, comments) for its labels, help and emergency line."""
    source = file.read().decode()
    preset = tomllib.loads(source)
    emergency = preset.get("identity", {}).get("emergency", "")
    helping = (text for texts in preset.get("help", {}).values() for text in texts)
    for text in filter(None, (emergency, *preset.get("labels", {}).values(), *helping)):
        yield source[: source.find(text)].count("\n") + 1, "noted", text, []
