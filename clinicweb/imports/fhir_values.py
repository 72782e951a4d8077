"""Small answers out of FHIR's data types: names, identifiers, telephones, codes."""

from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import available_timezones

from clinicweb.core import documents
from clinicweb.imports.fhir_index import Resource
from clinicweb.imports.records import Identifier

MEDICAL_RECORD = "MR"
TIMEZONE_EXTENSION = "http://hl7.org/fhir/StructureDefinition/timezone"
# Codes of identifier types (HL7 v2-0203 and what the region's guides add), and last words of
# identifier systems, both in lower case.
_DOCUMENT_TYPES = {
    "nnchl": "rut", "nncl": "rut", "run": "rut", "rut": "rut",
    "nnmex": "curp", "curp": "curp", "2.16.840.1.113883.4.629": "curp",
    "nncol": "cedula", "cc": "cedula", "nit": "nit",
    "nnarg": "dni", "nnesp": "dni", "dni": "dni", "cuit": "cuit", "cuil": "cuit",
    "nnbra": "cpf", "cpf": "cpf", "2.16.840.1.113883.13.237": "cpf",
    "ppn": "passport",
}  # fmt: skip


def identifiers_of(model: Any) -> tuple[Identifier, ...]:
    """Return every identifier with a value, once, in order."""
    found = (
        Identifier(str(item.system or ""), item.value.strip())
        for item in model.identifier or []
        if item.value and item.value.strip()
    )
    return tuple(dict.fromkeys(found))


def main_identifier(resource: Resource) -> Identifier:
    """Return the natural key: the medical record number, else official, else first, else id."""
    items = [item for item in resource.model.identifier or [] if item.value]
    by_rank = sorted(items, key=_identifier_rank)
    if by_rank:
        return Identifier(str(by_rank[0].system or ""), by_rank[0].value.strip())
    return Identifier("", resource.node.resource_id or resource.node.full_url or "")


def _identifier_rank(item: Any) -> int:
    if MEDICAL_RECORD in codes_of([item.type]):
        return 0
    return {"official": 1, "old": 3}.get(item.use, 2)


def document_candidates(model: Any) -> Iterator[tuple[str, str, int]]:
    """Yield type, number and index of each identity document; passports last."""
    found = []
    for index, item in enumerate(model.identifier or []):
        words = [code.casefold() for code in codes_of([item.type])]
        words.append(str(item.system or "").casefold().replace(":", "/").rsplit("/", 1)[-1])
        kind = next((_DOCUMENT_TYPES[word] for word in words if word in _DOCUMENT_TYPES), None)
        if kind and item.value:
            found.append((kind, item.value, index))
    yield from sorted(found, key=lambda document: document[0] == "passport")


def document_of(model: Any) -> tuple[str | None, str | None]:
    """Return type and canonical number of the first valid identity document."""
    for kind, number, _index in document_candidates(model):
        if documents.is_valid(kind, number):
            return kind, documents.normalise(kind, number)
    return None, None


def codes_of(concepts: Iterable[Any]) -> list[str]:
    """Return every code of the CodeableConcepts, in order."""
    codings = (
        coding for concept in concepts if concept is not None for coding in concept.coding or []
    )
    return [coding.code for coding in codings if coding.code]


def words_of(concepts: Iterable[Any]) -> list[str]:
    """Return codes, displays and texts: anything by which a service may be called."""
    words = []
    for concept in concepts:
        words.append(concept.text)
        for coding in concept.coding or []:
            words += [coding.code, coding.display]
    return [word for word in words if word]


def best_name(names: Any) -> Any:
    """Return the HumanName to call the person by: official, usual, or any that is not old."""
    rank = {"official": 0, "usual": 1, None: 2, "nickname": 4, "anonymous": 5, "old": 6}
    ordered = sorted(names or [], key=lambda name: rank.get(name.use, 3))
    return ordered[0] if ordered else None


def given_and_family(name: Any) -> tuple[str, str]:
    """Return both halves of a HumanName; of one that is only text, the last word is the family."""
    given, family = " ".join(filter(None, name.given or [])), name.family or ""
    if not given and not family:
        given, _space, family = (name.text or "").strip().rpartition(" ")
    return given, family


def telecom_of(model: Any, system: str) -> tuple[str | None, int]:
    """Return the value to reach somebody by, the mobile before others, and its index."""
    rank = {"mobile": 0, "old": 3}
    points = [
        (rank.get(point.use, 1), point.rank or 99, index, point.value)
        for index, point in enumerate(model.telecom or [])
        if point.system == system and point.value
    ]
    if not points:
        return None, 0
    best = min(points)
    return best[3], best[2]


def addresses_of(model: Any) -> list[Any]:
    """Return the addresses: a Location has at most one, the others a list."""
    found = getattr(model, "address", None)
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def region_of(model: Any, default: str) -> str:
    """Return the country (two letters) of the first address that tells it."""
    for address in addresses_of(model):
        country = (address.country or "").strip().upper()
        if len(country) == len("CL"):
            return country
    return default


def timezone_of(model: Any) -> str | None:
    """Return the zone that FHIR's timezone extension gives, when it is one."""
    for extension in model.extension or []:
        if extension.url == TIMEZONE_EXTENSION:
            zone = extension.valueCode or extension.valueString
            return zone if zone in available_timezones() else None
    return None
