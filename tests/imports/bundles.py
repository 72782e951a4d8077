"""Small FHIR bundles as text, and what the import reads in them."""

import json
from typing import Any

from clinicweb.imports.columns import Defaults
from clinicweb.imports.fhir_reader import FhirReader, FhirReading

DEFAULTS = Defaults(timezone="America/Santiago", region="CL")
MEDICAL_RECORD = {"coding": [{"code": "MR"}]}


def bundle(*resources: dict[str, Any]) -> str:
    entries = [
        {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource} for resource in resources
    ]
    content = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return json.dumps(content, ensure_ascii=False, indent=1)


def read(*texts: str) -> FhirReading:
    """Read each text as a file of one import: ``1.json``, ``2.json``…"""
    reader = FhirReader(DEFAULTS)
    for number, text in enumerate(texts, 1):
        reader.add_file(f"{number}.json", text)
    return reader.finish()


def reference(kind: str, resource_id: str) -> dict[str, str]:
    return {"reference": f"{kind}/{resource_id}"}


def identifier(value: str, system: str = "http://clinic.example/id", **more: Any) -> dict[str, Any]:
    return {"system": system, "value": value, **more}


def practitioner(resource_id: str = "p1", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Practitioner",
        "id": resource_id,
        "identifier": [identifier("diaz")],
        "name": [{"family": "Díaz", "given": ["Andrés", "Luis"], "prefix": ["Dr."]}],
        **more,
    }


def location(resource_id: str = "l1", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Location",
        "id": resource_id,
        "identifier": [identifier("norte")],
        "name": "Sede Norte",
        **more,
    }


def service(resource_id: str = "s1", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "HealthcareService",
        "id": resource_id,
        "identifier": [identifier("mg")],
        "name": "Medicina general",
        **more,
    }


def patient(resource_id: str = "a1", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": resource_id,
        "identifier": [identifier("A1", type=MEDICAL_RECORD)],
        "name": [{"family": "Peña", "given": ["Ana"]}],
        "gender": "female",
        "birthDate": "1980-05-06",
        **more,
    }


def schedule(resource_id: str = "h1", **more: Any) -> dict[str, Any]:
    actors = [
        reference("Practitioner", "p1"),
        reference("Location", "l1"),
        reference("HealthcareService", "s1"),
    ]
    return {"resourceType": "Schedule", "id": resource_id, "actor": actors, **more}


def slot(resource_id: str = "t1", status: str = "free", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Slot",
        "id": resource_id,
        "schedule": reference("Schedule", "h1"),
        "status": status,
        "start": "2026-03-03T12:30:00Z",
        "end": "2026-03-03T13:00:00Z",
        **more,
    }


def appointment(status: str = "booked", **more: Any) -> dict[str, Any]:
    people = [reference("Patient", "a1"), reference("Practitioner", "p1")]
    return {
        "resourceType": "Appointment",
        "id": f"x-{status}",
        "status": status,
        "start": "2026-03-03T12:30:00Z",
        "end": "2026-03-03T13:00:00Z",
        "slot": [reference("Slot", "t1")],
        "participant": [{"status": "accepted", "actor": actor} for actor in people],
        **more,
    }


CLINIC = (practitioner(), location(), service(), patient(), schedule())
