"""FHIR files as JSON: the resources in them, and the line and column of any part."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import json_source_map

from clinicweb.core.i18n import _
from clinicweb.imports.problems import Position, Problem, Source

Pointer = tuple[str | int, ...]


class JsonDocument:
    """The text of one JSON file; mapped to positions only when one is asked for: that is slow."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._text = text

    @cached_property
    def _places(self) -> dict[str, Any]:
        return dict(json_source_map.calculate(self._text))

    def position(self, pointer: Pointer) -> Position:
        """Return where *pointer* leads, or the nearest thing around it that exists."""
        while pointer and _written(pointer) not in self._places:
            pointer = pointer[:-1]
        start = self._places[_written(pointer)].value_start
        return Position(start.line + 1, start.column + 1)

    def problem(self, pointer: Pointer, message: str) -> Problem:
        place = self.position(pointer)
        return Problem(self.file, place.line, place.column, message)


def _written(pointer: Pointer) -> str:
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in pointer)
    return "".join(f"/{part}" for part in parts)


@dataclass(frozen=True, slots=True)
class Node:
    """One resource in a file; ``full_url`` is what other entries may call it."""

    document: JsonDocument
    pointer: Pointer
    content: dict[str, Any]
    full_url: str | None = None

    @property
    def resource_type(self) -> str:
        return str(self.content["resourceType"])

    @property
    def resource_id(self) -> str | None:
        found = self.content.get("id")
        return found if isinstance(found, str) else None

    def problem(self, pointer: Pointer, message: str) -> Problem:
        return self.document.problem(self.pointer + pointer, message)


class FhirSource(Source):
    """One resource; *paths* says which part of it gave which field of the record."""

    is_partial = True

    def __init__(self, node: Node, **paths: Pointer) -> None:
        self.file = node.document.file
        self._node = node
        self._paths = paths

    def position(self, field: str) -> Position:
        pointer = self._node.pointer + self._paths.get(field, ())
        return self._node.document.position(pointer)


def read_bundle(file: str, text: str) -> tuple[list[Node], list[Problem]]:
    """Return the resources of a Bundle (or the only one of the file), and what is no resource."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        message = _("JSON mal escrito: %(reason)s", reason=error.msg)
        return [], [Problem(file, error.lineno, error.colno, message)]
    except (ValueError, RecursionError):
        # A number of thousands of digits, or thousands of brackets: nobody's record.
        return [], [Problem(file, 1, 1, _("JSON demasiado complejo"))]
    document = JsonDocument(file, text)
    if not _is_resource(content):
        message = _("no es un recurso FHIR: falta «resourceType»")
        return [], [document.problem((), message)]
    if content["resourceType"] != "Bundle":
        return [Node(document, (), content)], []
    return _entries(document, content.get("entry", []))


def _entries(document: JsonDocument, entries: Any) -> tuple[list[Node], list[Problem]]:
    if not isinstance(entries, list):
        return [], [document.problem(("entry",), _("«entry» debe ser una lista"))]
    nodes, problems = [], []
    for index, entry in enumerate(entries):
        pointer: Pointer = ("entry", index)
        if not isinstance(entry, dict):
            problems.append(document.problem(pointer, _("una entrada debe ser un objeto")))
        elif _is_resource(entry.get("resource")):
            url = entry.get("fullUrl")
            full_url = url if isinstance(url, str) else None
            nodes.append(Node(document, (*pointer, "resource"), entry["resource"], full_url))
        elif "resource" in entry:
            message = _("no es un recurso FHIR: falta «resourceType»")
            problems.append(document.problem((*pointer, "resource"), message))
    return nodes, problems


def _is_resource(content: Any) -> bool:
    return isinstance(content, dict) and isinstance(content.get("resourceType"), str)
