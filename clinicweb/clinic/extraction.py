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
    """Of a preset: (line, function, text, comments) for what its people read."""
    source = file.read().decode()
    preset = tomllib.loads(source)
    emergency, chat = preset.get("identity", {}).get("emergency", ""), preset.get("chat", {})
    talking = (chat.get("hours", ""), chat.get("emergency", ""), *chat.get("quick_answers", ()))
    helping = (text for texts in preset.get("help", {}).values() for text in texts)
    tips = preset.get("video", {}).get("after", {}).get("tips", ())
    contact = preset.get("contact", {})
    writing = (found["name"] for found in contact.get("types", ()))
    named = preset.get("labels", {}).values()
    for text in filter(None, (emergency, *named, *talking, *helping, *tips, *writing)):
        yield source[: source.find(text)].count("\n") + 1, "noted", text, []
