"""FHIR's documents that certify sick leave."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from clinicweb.core.i18n import _
from clinicweb.imports import cells
from clinicweb.imports.fhir_bundle import FhirSource
from clinicweb.imports.fhir_documents import day_of, practitioner_at
from clinicweb.imports.fhir_index import DOCUMENT_TYPES, FhirIndex, Resource
from clinicweb.imports.fhir_values import words_of
from clinicweb.imports.records import SickLeave

_LONGEST_CODE = 120
_VOID = "entered-in-error"


@dataclass(frozen=True, slots=True)
class _Told:
    """What both types say, each in its own fields."""

    status: str
    period: Any
    title: str | None
    note: str | None


def sick_leaves(index: FhirIndex) -> Iterator[SickLeave]:
    """Those with a patient, a date and the days they cover; the others are warnings."""
    for name in DOCUMENT_TYPES:
        for resource in index.by_type[name]:
            found = _sick_leave(index, resource)
            if found is None:
                message = _("se omite: falta el paciente, la fecha o los días que cubre")
                index.warnings.append(resource.node.problem((), message))
            else:
                yield found


def _sick_leave(index: FhirIndex, resource: Resource) -> SickLeave | None:
    model, told = resource.model, _told(resource)
    patient = index.handle_at(resource, model.subject, ("subject",))
    period = told.period
    if not (patient and model.date and period and period.start and period.end):
        return None
    zone = index.defaults.timezone
    authors = model.author or [None]
    return SickLeave(
        source=FhirSource(resource.node, patient_mrn=("subject",), practitioner=("author",)),
        code=_code(resource),
        patient_mrn=patient,
        practitioner=practitioner_at(index, resource, authors[0], ("author", 0)),
        status=told.status,
        kind=index.read(resource, ("type",), cells.line(120), told.title or _kind(model)) or "",
        issued_on=day_of(model.date, zone),
        starts_on=day_of(period.start, zone),
        ends_on=day_of(period.end, zone),
        note=index.read(resource, ("description",), cells.paragraphs, told.note),
        replaces=_replaced(index, resource),
    )


def _told(resource: Resource) -> _Told:
    model = resource.model
    if resource.type == "Composition":
        events = model.event or []
        period = events[0].period if events else None
        return _Told(str(model.status), period, model.title, None)
    # Whoever says nothing of it has not authorised it; what was replaced stands for nothing.
    status = str(model.docStatus or "preliminary") if str(model.status) == "current" else _VOID
    period = model.context.period if model.context is not None else None
    return _Told(status, period, None, model.description)


def _kind(model: Any) -> str:
    displays = (coding.display for coding in model.type.coding or [])
    return next(filter(None, [model.type.text, *displays, *words_of([model.type])]), "")


def _code(resource: Resource) -> str:
    model = resource.model
    told = [getattr(model, "masterIdentifier", None), *_listed(model.identifier)]
    named = [item.value for item in told if item is not None and item.value]
    return str((named or [model.id or ""])[0])[-_LONGEST_CODE:]


def _listed(found: Any) -> list[Any]:
    """A Composition has one identifier at most, a DocumentReference several."""
    return found if isinstance(found, list) else [found]


def _replaced(index: FhirIndex, resource: Resource) -> str | None:
    for at, relation in enumerate(resource.model.relatesTo or []):
        if str(relation.code) != "replaces":
            continue
        target = getattr(relation, "target", None) or getattr(relation, "targetReference", None)
        found = index.follow(resource, target, ("relatesTo", at))
        if found is not None:
            return _code(found)
    return None
