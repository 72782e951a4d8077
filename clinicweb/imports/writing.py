"""Sites, services and people of a plan, written in bulk."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from clinicweb.booking.models import Agenda
from clinicweb.clinic import models as clinic
from clinicweb.core.db import Base
from clinicweb.core.text import search_key
from clinicweb.imports import records
from clinicweb.imports.known import RECORD_TYPES
from clinicweb.imports.records import DEFAULT_MINUTES, Record, Records
from clinicweb.imports.upsert import Outcome, Values, chunks, link, upsert

_KEYED: Mapping[str, tuple[type[Base], str]] = {
    **{kind: (model, key) for kind, (_type, model, key) in RECORD_TYPES.items()},
    "agreements": (clinic.Agreement, "code"),
}
_NEW_SERVICE = {
    "kind": "general",
    "modalities": "in_person",
    "duration_minutes": DEFAULT_MINUTES,
    "booking": "direct",
}


@dataclass(slots=True)
class Writing:
    """One import under way: what became of the records of each kind, and the ids of all codes."""

    session: Session
    timezone: str
    outcomes: dict[str, Outcome] = field(default_factory=lambda: defaultdict(Outcome))
    _ids: dict[str, dict[str, int]] = field(default_factory=dict)

    def ids(self, kind: str) -> dict[str, int]:
        """Return the id of every code of *kind*, imported now or long ago."""
        if kind not in self._ids:
            model: Any = _KEYED[kind][0]
            query = select(getattr(model, _KEYED[kind][1]), model.id)
            self._ids[kind] = dict(self.session.execute(query).all())
        return self._ids[kind]

    def write(self, kind: str, rows: Iterable[Values], blank: Values) -> None:
        """Write the *rows* of a kind with codes; see ``upsert``."""
        given = list(rows)
        if not given:
            return
        model, key = _KEYED[kind]
        found = upsert(self.session, model, key=(key,), rows=given, blank=blank)
        self._ids[kind] = {code: row_id for (code,), row_id in found.ids.items()}
        outcome = self.outcomes[kind]
        outcome.created |= found.created
        outcome.updated |= found.updated - outcome.created


def said(record: Record, **values: Any) -> dict[str, Any]:
    """Leave out of *values* what a partial source has not said."""
    if not record.source.is_partial:
        return values
    return {name: value for name, value in values.items() if value is not None}


def write_people_and_places(writing: Writing, new: Records, done: Callable[[str], None]) -> None:
    """Write everything that has a code of its own, with its links and identifiers."""
    writing.write("sites", map(_site, new.sites), _blank(_site_fields, timezone=writing.timezone))
    writing.write("services", map(_service, new.services), _blank(_service_fields, **_NEW_SERVICE))
    writing.write("agreements", map(_agreement, new.agreements), {"code": None, "name": None})
    done("sites")
    writing.write(
        "practitioners", map(_practitioner, new.practitioners),
        _blank(_practitioner_fields, is_active=True),
    )  # fmt: skip
    done("practitioners")
    writing.write("patients", map(_patient, new.patients), _blank(_patient_fields))
    _write_heads(writing, new.patients)
    _link_services(writing, new)
    _link_agreements(writing, new.patients)
    for kind in RECORD_TYPES:
        _write_identifiers(writing, kind, getattr(new, kind))
    done("patients")


_site_fields = ("code", "name", "address", "city", "timezone", "phone")
_service_fields = (
    "code", "name", "search_key", "kind", "modalities", "duration_minutes", "recommendations",
    "booking", "area",
)  # fmt: skip
_practitioner_fields = (
    "code", "prefix", "given_name", "family_name", "search_key", "email", "shift", "is_active",
)  # fmt: skip
_patient_fields = (
    "mrn", "document_type", "document_number", "given_name", "family_name", "birth_date", "sex",
    "email", "phone", "affiliation_number", "card_serial", "relationship_code",
    "affiliation_ends_on",
)  # fmt: skip


def _blank(fields: Iterable[str], **values: Any) -> dict[str, Any]:
    return {**dict.fromkeys(fields), **values}


def _site(site: records.Site) -> Values:
    return said(site, **{name: getattr(site, name) for name in _site_fields})


def _agreement(agreement: records.Agreement) -> Values:
    return {"code": agreement.code, "name": agreement.name}


def _service(service: records.Service) -> Values:
    return said(
        service,
        code=service.code,
        name=service.name,
        search_key=search_key(service.name),
        kind=service.kind,
        modalities=";".join(service.modalities) if service.modalities else None,
        duration_minutes=service.duration_minutes,
        recommendations=service.recommendations,
        booking=service.booking,
        area=service.area,
    )


def _practitioner(person: records.Practitioner) -> Values:
    values = said(
        person,
        code=person.code,
        prefix=person.prefix,
        given_name=person.given_name,
        family_name=person.family_name,
        search_key=search_key(f"{person.given_name} {person.family_name}"),
        email=person.email,
        shift=person.shift,
    )
    # No CSV says it: a person whom the clinic retired stays so.
    return values if person.is_active is None else {**values, "is_active": person.is_active}


def _patient(patient: records.Patient) -> Values:
    same = {name: getattr(patient, name) for name in _patient_fields if hasattr(patient, name)}
    return said(patient, **same, relationship_code=patient.relationship)


def _write_heads(writing: Writing, patients: Iterable[records.Patient]) -> None:
    """Name the family heads once everybody has an id; who heads their own family has none."""
    ids = writing.ids("patients")
    rows = []
    for patient in patients:
        head = patient.family_head_mrn
        head_id = ids[head] if head and head != patient.mrn else None
        rows.append({"mrn": patient.mrn, **said(patient, family_head_id=head_id)})
    writing.write("patients", rows, {"mrn": None, "family_head_id": None})


def _link_services(writing: Writing, new: Records) -> None:
    """Who has an agenda of a service gives it, whether or not a list says so."""
    services, people = writing.ids("services"), writing.ids("practitioners")
    wanted = {
        people[person.code]: {services[code] for code in person.services}
        for person in new.practitioners
        if person.services is not None
    }
    current = clinic.PractitionerService
    for agenda in new.agendas:
        owner = people[agenda.practitioner]
        if owner not in wanted:
            query = select(current.service_id).where(current.practitioner_id == owner)
            wanted[owner] = set(writing.session.scalars(query))
        wanted[owner].add(services[agenda.service])
    for some in chunks(list(wanted)):
        given = select(Agenda.practitioner_id, Agenda.service_id).where(
            Agenda.practitioner_id.in_(some)
        )
        for owner, service in writing.session.execute(given):
            wanted[owner].add(service)
    _link(writing, current, ("practitioner_id", "service_id"), "practitioners", wanted)


def _link_agreements(writing: Writing, patients: Iterable[records.Patient]) -> None:
    agreements, people = writing.ids("agreements"), writing.ids("patients")
    wanted = {
        people[patient.mrn]: {agreements[code] for code in patient.agreements}
        for patient in patients
        if patient.agreements is not None
    }
    _link(writing, clinic.PatientAgreement, ("patient_id", "agreement_id"), "patients", wanted)


def _link(
    writing: Writing,
    model: type[Base],
    columns: tuple[str, str],
    kind: str,
    wanted: Mapping[int, Iterable[int]],
) -> None:
    changed = link(writing.session, model, owner=columns[0], member=columns[1], wanted=wanted)
    _touch(writing, kind, changed)


def _touch(writing: Writing, kind: str, changed: Iterable[int]) -> None:
    codes = {row_id: code for code, row_id in writing.ids(kind).items()}
    for row_id in changed:
        writing.outcomes[kind].touch((codes[row_id],))


def _write_identifiers(writing: Writing, kind: str, new: Iterable[Any]) -> None:
    """Add the identifiers that are new; one that a source no longer tells is kept."""
    record_type, _model, key = RECORD_TYPES[kind]
    ids, table = writing.ids(kind), clinic.Identifier
    wanted = {
        (ids[getattr(record, key)], identifier.system, identifier.value)
        for record in new
        for identifier in record.identifiers
    }
    for some in chunks({row_id for row_id, _system, _value in wanted}):
        query = select(table.record_id, table.system, table.value).where(
            table.record_type == record_type, table.record_id.in_(some)
        )
        wanted -= set(writing.session.execute(query))
    rows = [
        {"record_type": record_type, "record_id": row_id, "system": system, "value": value}
        for row_id, system, value in sorted(wanted)
    ]
    if rows:
        writing.session.execute(insert(table), rows)
    _touch(writing, kind, {row_id for row_id, _system, _value in wanted})
