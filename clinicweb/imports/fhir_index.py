"""The resources of all files of an import, validated, and found by any of their references."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import ValidationError

from clinicweb.core.i18n import _
from clinicweb.core.text import search_key
from clinicweb.imports import cells
from clinicweb.imports.columns import Defaults
from clinicweb.imports.fhir_bundle import Node, Pointer
from clinicweb.imports.problems import Problem, quoted
from clinicweb.imports.records import Identifier

# The types that become records of ours; any other is counted and left alone.
MAPPED_TYPES = (
    "Organization", "Location", "HealthcareService", "Practitioner", "PractitionerRole",
    "Patient", "Schedule", "Slot", "Appointment", "MedicationRequest", "DocumentReference",
    "Composition",
)  # fmt: skip


DOCUMENT_TYPES = ("DocumentReference", "Composition")
# No code system that people share has one for it: by its code, or by what clinics call it.
_SICK_LEAVES = ("sick-leave", "sick leave", "incapacidad", "licencia medica", "reposo")


@dataclass(frozen=True, eq=False, slots=True)
class Resource:
    """A valid resource: *model* is its ``fhir.resources`` R4B object."""

    node: Node
    model: Any

    @property
    def type(self) -> str:
        return self.node.resource_type


@dataclass(slots=True)
class FhirIndex:
    """All resources by type and by reference, and what was found wrong on the way."""

    defaults: Defaults
    by_type: dict[str, list[Resource]] = field(default_factory=lambda: defaultdict(list))
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    # The natural key of a record, and what others call it by: ``system|value``, never ambiguous.
    codes: dict[Resource, str] = field(default_factory=dict)
    handles: dict[Resource, str] = field(default_factory=dict)
    # By file and reference, and by reference alone; ``None`` is a resource of another type.
    _in_file: dict[tuple[str, str], Resource | None] = field(default_factory=dict)
    _anywhere: dict[str, Resource | None] = field(default_factory=dict)

    def add(self, node: Node) -> None:
        """Validate *node* and make it findable; one of another type is findable as nothing."""
        resource = None
        if is_mapped(node):
            resource = self._validated(node)
            if resource is not None:
                self.by_type[node.resource_type].append(resource)
        for name in _names(node):
            self._anywhere[name] = resource
            self._in_file[node.document.file, name] = resource

    def _validated(self, node: Node) -> Resource | None:
        model = _model(node.resource_type)
        try:
            return Resource(node, model.model_validate(node.content))
        except ValidationError as error:
            for detail in error.errors():
                self.problems.append(node.problem(detail["loc"], _in_words(detail)))
            return None

    def follow(self, resource: Resource, reference: Any, pointer: Pointer) -> Resource | None:
        """
        Return the resource that *reference* leads to, if it is one of a mapped type.

        The same file's resources come first: two servers may both have a ``Patient/1``.
        """
        if reference is None or reference.reference is None:
            return None
        name = _without_version(reference.reference)
        here = (resource.node.document.file, name)
        if here in self._in_file:
            return self._in_file[here]
        if name in self._anywhere:
            return self._anywhere[name]
        if identifier_text(reference) is None and _may_be_mapped(name):
            message = _("referencia a algo que no está: %(name)s", name=quoted(name))
            self.problems.append(resource.node.problem(pointer, message))
        return None

    def handle_at(self, resource: Resource, reference: Any, pointer: Pointer) -> str | None:
        """Return the handle of what *reference* leads to, found in a file or only named."""
        found = self.follow(resource, reference, pointer)
        if found is not None:
            return self.handles.get(found)
        return identifier_text(reference)

    def read(
        self, resource: Resource, pointer: Pointer, parse: cells.Parser, text: str | None
    ) -> Any:
        """Return *text* as *parse* reads it; a value nobody can read is a problem there."""
        try:
            return parse(text) if text and text.strip() else None
        except ValueError as error:
            self.problems.append(resource.node.problem(pointer, str(error)))
            return None

    def try_read(
        self, resource: Resource, pointer: Pointer, parse: cells.Parser, text: str | None
    ) -> Any:
        """Do as ``read``, for what a record can go without: a warning, and nothing there."""
        try:
            return parse(text) if text and text.strip() else None
        except ValueError as error:
            self.warnings.append(resource.node.problem(pointer, str(error)))
            return None

    def require(self, resource: Resource, name: str, value: Any) -> Any:
        """Return *value*, and say so when it is missing."""
        if not value:
            message = _("falta %(name)s", name=name)
            self.problems.append(resource.node.problem((), message))
        return value

    def name_codes(self, resources: Iterable[Resource], main: "dict[Resource, Identifier]") -> None:
        """
        Give each resource its natural key: the value of its main identifier.

        Where two systems gave the same value, both keep their system in the key.
        """
        resources = list(resources)
        systems = defaultdict(set)
        for resource in resources:
            systems[main[resource].value].add(main[resource].system)
        for resource in resources:
            found = main[resource]
            clashes = len(systems[found.value]) > 1
            code = f"{found.system}|{found.value}" if clashes else found.value
            self.codes[resource] = self.read(resource, ("identifier",), cells.code, code) or ""
            handle = f"{found.system}|{found.value}" if found.system else found.value
            self.handles[resource] = handle


def is_mapped(node: Node) -> bool:
    """Whether it becomes a record of ours: of documents, certificates of sick leave alone."""
    if node.resource_type not in DOCUMENT_TYPES:
        return node.resource_type in MAPPED_TYPES
    return any(_means_sick_leave(text) for text in _kind_texts(node.content))


def _kind_texts(content: Any) -> Iterator[str]:
    """What a resource that nobody has validated yet says of its kind."""
    kind = content.get("type")
    if isinstance(kind, dict):
        yield str(kind.get("text", ""))
        codings = kind.get("coding")
        for coding in codings if isinstance(codings, list) else ():
            if isinstance(coding, dict):
                yield from (str(coding.get("code", "")), str(coding.get("display", "")))


def _means_sick_leave(text: str) -> bool:
    return any(word in search_key(text) for word in _SICK_LEAVES)


def _model(resource_type: str) -> Any:
    # Each model costs some milliseconds to build: only those met are.
    module = import_module(f"fhir.resources.R4B.{resource_type.lower()}")
    return getattr(module, resource_type)


def _in_words(detail: Any) -> str:
    name = quoted(".".join(str(part) for part in detail["loc"]))
    if detail["type"] == "missing":
        return _("falta %(name)s", name=name)
    if detail["type"] == "extra_forbidden":
        return _("%(name)s no existe en FHIR R4", name=name)
    return _("%(name)s no vale: %(reason)s", name=name, reason=detail["msg"])


def _names(node: Node) -> Iterable[str]:
    if node.full_url:
        yield node.full_url
    if node.resource_id:
        yield f"{node.resource_type}/{node.resource_id}"


def _without_version(reference: str) -> str:
    return reference.partition("/_history/")[0]


def _may_be_mapped(name: str) -> bool:
    """Tell whether a reference could mean a type of ours: ``Device/1`` and ``#1`` cannot."""
    if name.startswith(("urn:", "#")):
        return name.startswith("urn:")
    parts = name.split("/")
    return len(parts) > 1 and parts[-2] in MAPPED_TYPES


def identifier_text(reference: Any) -> str | None:
    """Return ``system|value`` of a logical or conditional reference."""
    if reference is None:
        return None
    identifier = reference.identifier
    if identifier is not None and identifier.value:
        return f"{identifier.system or ''}|{identifier.value}".removeprefix("|")
    query = parse_qs(urlsplit(reference.reference or "").query)
    return query.get("identifier", [None])[0]
