"""FHIR's schedules, slots and appointments as records of ours."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clinicweb.core.i18n import _
from clinicweb.imports.fhir_bundle import FhirSource, Pointer
from clinicweb.imports.fhir_index import FhirIndex, Resource, identifier_text
from clinicweb.imports.fhir_people import service_by_words, services_of_role
from clinicweb.imports.records import APPOINTMENT_STATUSES, Appointment, PublishedHour


@dataclass(slots=True)
class Where:
    """Who gives what at which place, by handle; ``None`` where nobody said."""

    practitioner: str | None = None
    service: str | None = None
    site: str | None = None
    patient: str | None = None

    def fill(self, other: "Where") -> None:
        """Take from *other* what is not known yet."""
        self.practitioner = self.practitioner or other.practitioner
        self.service = self.service or other.service
        self.site = self.site or other.site
        self.patient = self.patient or other.patient

    def missing(self) -> str:
        """Return the FHIR names of what is not known, for a message."""
        parts = {
            "Practitioner": self.practitioner,
            "HealthcareService": self.service,
            "Location": self.site,
        }
        return ", ".join(name for name, code in parts.items() if not code)


Schedules = Mapping[Resource, Where]
Actors = Iterable[tuple[Pointer, Any]]


def schedules(index: FhirIndex) -> dict[Resource, Where]:
    """Return what each Schedule tells, with a warning for those whose hours must be left out."""
    found = {}
    for schedule in index.by_type["Schedule"]:
        actors = [(("actor", at), actor) for at, actor in enumerate(schedule.model.actor or [])]
        where = _told_by(index, schedule, actors)
        where.service = service_by_words(index, _concepts(schedule.model)) or where.service
        found[schedule] = where
        if where.missing():
            message = _("se omite: la agenda no dice %(missing)s", missing=where.missing())
            index.warnings.append(schedule.node.problem((), message))
    return found


def hours(index: FhirIndex, known: Schedules) -> Iterator[PublishedHour]:
    """Yield the free slots of which who, what and where are known."""
    for slot in index.by_type["Slot"]:
        model = slot.model
        where = _where_of_slot(index, slot, known)
        if model.status == "free" and where.practitioner and where.service and where.site:
            yield PublishedHour(
                source=FhirSource(slot.node, starts_at=("start",), ends_at=("end",)),
                practitioner=where.practitioner,
                service=where.service,
                site=where.site,
                starts_at=model.start,
                ends_at=model.end,
            )


def _where_of_slot(index: FhirIndex, slot: Resource, known: Schedules) -> Where:
    where = Where(service=service_by_words(index, _concepts(slot.model)))
    schedule = index.follow(slot, slot.model.schedule, ("schedule",))
    if schedule is not None and schedule in known:
        where.fill(known[schedule])
    return where


def _concepts(model: Any) -> list[Any]:
    return (model.serviceType or []) + (model.specialty or [])


def _told_by(index: FhirIndex, resource: Resource, actors: Actors) -> Where:
    """Return what the actors of a Schedule, or the participants of an Appointment, tell."""
    where = Where()
    for pointer, reference in actors:
        found = index.follow(resource, reference, pointer)
        if found is not None and found.type == "PractitionerRole":
            where.fill(_where_of_role(index, found))
        elif found is not None:
            where.fill(_one(found.type, index.handles.get(found)))
        else:
            where.fill(_one(_type_said(reference), identifier_text(reference)))
    return where


def _one(kind: str | None, code: str | None) -> Where:
    return Where(
        practitioner=code if kind == "Practitioner" else None,
        service=code if kind == "HealthcareService" else None,
        site=code if kind in {"Location", "Organization"} else None,
        patient=code if kind == "Patient" else None,
    )


def _type_said(reference: Any) -> str | None:
    """Return the type of a logical or conditional reference: ``Patient?identifier=…``."""
    if reference is None:
        return None
    if reference.type:
        return str(reference.type)
    return (reference.reference or "").partition("?")[0].rsplit("/", 1)[-1] or None


def _where_of_role(index: FhirIndex, role: Resource) -> Where:
    model = role.model
    sites = [
        index.handle_at(role, reference, ("location", at))
        for at, reference in enumerate(model.location or [])
    ]
    sites.append(index.handle_at(role, model.organization, ("organization",)))
    offered = services_of_role(index, role)
    return Where(
        practitioner=index.handle_at(role, model.practitioner, ("practitioner",)),
        service=offered[0] if len(offered) == 1 else None,
        site=next((site for site in sites if site), None),
    )


def appointments(index: FhirIndex, known: Schedules) -> Iterator[Appointment]:
    """Yield the appointments with an hour; requests and waiting lists are none yet."""
    for resource in index.by_type["Appointment"]:
        model = resource.model
        if model.status not in APPOINTMENT_STATUSES or model.start is None:
            continue
        where = _where_of_appointment(index, resource, known)
        if where.missing() or not where.patient:
            missing = where.missing() or "Patient"
            message = _("la cita no dice %(missing)s", missing=missing)
            index.problems.append(resource.node.problem((), message))
            continue
        yield Appointment(
            source=FhirSource(resource.node, starts_at=("start",), status=("status",)),
            patient_mrn=where.patient,
            practitioner=where.practitioner or "",
            service=where.service or "",
            site=where.site or "",
            starts_at=model.start,
            ends_at=model.end,
            status=model.status,
        )


def _where_of_appointment(index: FhirIndex, resource: Resource, known: Schedules) -> Where:
    """Ask the participants, then the kind of service, then the slots that it takes."""
    model = resource.model
    actors = [
        (("participant", at, "actor"), participant.actor)
        for at, participant in enumerate(model.participant or [])
    ]
    where = _told_by(index, resource, actors)
    where.fill(Where(service=service_by_words(index, _concepts(model))))
    for at, reference in enumerate(model.slot or []):
        slot = index.follow(resource, reference, ("slot", at))
        if slot is not None:
            where.fill(_where_of_slot(index, slot, known))
    return where
