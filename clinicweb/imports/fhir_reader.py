"""Read the FHIR R4 bundles of an import, all together: one file may refer to another's."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from clinicweb.imports import fhir_documents, fhir_hours, fhir_leaves, fhir_people
from clinicweb.imports.columns import Defaults
from clinicweb.imports.fhir_bundle import Node, read_bundle
from clinicweb.imports.fhir_index import FhirIndex, is_mapped
from clinicweb.imports.problems import Problem
from clinicweb.imports.records import Patient, Practitioner, Records, Service, Site

Keyed = TypeVar("Keyed", Site, Service, Practitioner, Patient)


@dataclass(slots=True)
class FhirReading:
    """Records, problems that forbid an import, warnings that don't, and types left alone."""

    records: Records = field(default_factory=Records)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)


class FhirReader:
    """Takes one file after the other; ``finish`` then makes the records."""

    def __init__(self, defaults: Defaults) -> None:
        self._index = FhirIndex(defaults)
        self._ignored: Counter[str] = Counter()

    def add_file(self, file: str, text: str) -> None:
        nodes, problems = read_bundle(file, text)
        self._index.problems.extend(problems)
        for node in nodes:
            self._add(node)

    def _add(self, node: Node) -> None:
        if not is_mapped(node):
            self._ignored[node.resource_type] += 1
        self._index.add(node)

    def finish(self) -> FhirReading:
        """Map every resource, once all files are known."""
        index = self._index
        fhir_people.name_everything(index)
        schedules = fhir_hours.schedules(index)
        ordered = fhir_documents.prescriptions(index)
        records = Records(
            sites=_once(fhir_people.sites(index)),
            services=_once(fhir_people.services(index)),
            practitioners=_once(fhir_people.practitioners(index)),
            patients=_once(fhir_people.patients(index)),
            hours=list(fhir_hours.hours(index, schedules)),
            appointments=list(fhir_hours.appointments(index, schedules)),
            prescriptions=ordered.prescriptions,
            prescription_items=ordered.items,
            sick_leaves=list(fhir_leaves.sick_leaves(index)),
        )
        problems = list(dict.fromkeys(index.problems))
        return FhirReading(records, problems, list(dict.fromkeys(index.warnings)), self._ignored)


def _once(records: Iterable[Keyed]) -> list[Keyed]:
    """
    Leave out what was said before in the same words.

    Each patient's bundle brings its hospital along; only where two bundles disagree is there a
    mistake, and the check of natural keys reports it.
    """
    return list(dict.fromkeys(records))
