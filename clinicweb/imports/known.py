"""What the database has already, as far as the check of an import needs it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from clinicweb.booking import models as booking
from clinicweb.clinic import models as clinic
from clinicweb.documents.models import Prescription
from clinicweb.imports import records
from clinicweb.imports.known_leaves import load_sick_leaves
from clinicweb.imports.names import Known, LiveAppointment
from clinicweb.imports.plan import REFERENCES
from clinicweb.imports.upsert import chunks

_A_DAY = timedelta(days=1)  # no appointment is longer; a wall clock is no further from UTC
RECORD_TYPES: Mapping[str, tuple[str, Any, str]] = {
    "sites": ("site", clinic.Site, "code"),
    "services": ("service", clinic.Service, "code"),
    "practitioners": ("practitioner", clinic.Practitioner, "code"),
    "patients": ("patient", clinic.Patient, "mrn"),
}


class KnownAgenda(NamedTuple):
    """As much of an agenda as tells how long its hours are."""

    practitioner: str
    service: str
    site: str
    weekday: int
    from_time: time
    to_time: time
    slot_minutes: int
    valid_from: date
    valid_to: date | None


def load_known(session: Session, new: records.Records) -> Known:
    """Read what *new* may refer to or clash with."""
    known = Known()
    _load_codes(session, known)
    _load_identifiers(session, known, _values_named(new))
    _load_patients(session, known, new)
    _load_agendas(session, known)
    _load_live(session, known, new)
    _load_prescriptions(session, known, new)
    load_sick_leaves(session, known, new.sick_leaves)
    return known


def _load_codes(session: Session, known: Known) -> None:
    for site in session.execute(select(clinic.Site.code, clinic.Site.timezone)):
        known.names["sites"].add(site.code)
        known.timezones[site.code] = site.timezone
    for service in session.execute(select(clinic.Service.code, clinic.Service.duration_minutes)):
        known.names["services"].add(service.code)
        known.durations[service.code] = service.duration_minutes
    for kind, column in (
        ("practitioners", clinic.Practitioner.code),
        ("agreements", clinic.Agreement.code),
        ("patients", clinic.Patient.mrn),
    ):
        for code in session.scalars(select(column)):
            known.names[kind].add(code)


def _values_named(new: records.Records) -> set[str]:
    """Return every text that may be the value of an identifier."""
    own = {
        identifier.value
        for kind in RECORD_TYPES
        for record in getattr(new, kind)
        for identifier in record.identifiers
    }
    return own | {text.rpartition("|")[2] for text in _texts_referring(new)}


def _texts_referring(new: records.Records) -> Iterator[str]:
    for kind, fields in REFERENCES.items():
        for record in getattr(new, kind):
            for name in fields:
                said = getattr(record, name) or ()
                yield from (said,) if isinstance(said, str) else said


def _load_identifiers(session: Session, known: Known, values: Iterable[str]) -> None:
    wanted = sorted(values)
    for kind, (record_type, model, key) in RECORD_TYPES.items():
        code, row_id = getattr(model, key), model.id
        query = select(code, clinic.Identifier.system, clinic.Identifier.value).join(
            model, row_id == clinic.Identifier.record_id
        )
        for some in chunks(wanted):
            found = query.where(
                clinic.Identifier.record_type == record_type, clinic.Identifier.value.in_(some)
            )
            for owner, system, value in session.execute(found):
                identifier = records.Identifier(system, value)
                known.names[kind].add(owner, [identifier])
                known.identifiers[kind].setdefault(owner, set()).add(identifier)


def _load_patients(session: Session, known: Known, new: records.Records) -> None:
    numbers = {p.document_number for p in new.patients if p.document_number}
    patient, head = clinic.Patient, aliased(clinic.Patient)
    documents = select(patient.document_type, patient.document_number, patient.mrn)
    for some in chunks(sorted(numbers)):
        for kind, number, mrn in session.execute(
            documents.where(patient.document_number.in_(some))
        ):
            known.documents[str(kind), str(number)] = mrn
    heads = select(patient.mrn, head.mrn).join(head, head.id == patient.family_head_id)
    wanted = {p.family_head_mrn for p in new.patients if p.family_head_mrn}
    for some in chunks(sorted(wanted)):
        known.heads.update(session.execute(heads.where(patient.mrn.in_(some))).all())


def _load_agendas(session: Session, known: Known) -> None:
    agenda = booking.Agenda
    query = (
        select(
            clinic.Practitioner.code, clinic.Service.code, clinic.Site.code,
            agenda.weekday, agenda.from_time, agenda.to_time, agenda.slot_minutes,
            agenda.valid_from, agenda.valid_to,
        )
        .join(clinic.Practitioner, clinic.Practitioner.id == agenda.practitioner_id)
        .join(clinic.Service, clinic.Service.id == agenda.service_id)
        .join(clinic.Site, clinic.Site.id == agenda.site_id)
    )  # fmt: skip
    known.agendas = [KnownAgenda(*row) for row in session.execute(query)]


def _load_live(session: Session, known: Known, new: records.Records) -> None:
    starts = [one.starts_at.replace(tzinfo=None) for one in new.appointments if one.starts_at]
    if not starts:
        return
    one = booking.Appointment
    query = (
        select(clinic.Patient.mrn, clinic.Practitioner.code, one.starts_at, one.ends_at)
        .join(clinic.Patient, clinic.Patient.id == one.patient_id)
        .join(clinic.Practitioner, clinic.Practitioner.id == one.practitioner_id)
        .where(
            one.status.in_(booking.LIVE_STATUSES),
            one.starts_at > _aware(min(starts)) - 2 * _A_DAY,
            one.starts_at < _aware(max(starts)) + 2 * _A_DAY,
        )
    )
    known.live = [LiveAppointment(*row) for row in session.execute(query)]


def _load_prescriptions(session: Session, known: Known, new: records.Records) -> None:
    """Those alone that the files name: a clinic may have a million."""
    named = {item.prescription for item in new.prescription_items if item.prescription}
    named |= {one.code for one in new.prescriptions if one.code}
    query = select(Prescription.code, clinic.Patient.mrn).join(
        clinic.Patient, clinic.Patient.id == Prescription.patient_id
    )
    for some in chunks(sorted(named)):
        for code, mrn in session.execute(query.where(Prescription.code.in_(some))):
            known.names["prescriptions"].add(code)
            known.prescribed_to[code] = mrn


def _aware(wall: datetime) -> datetime:
    return wall.replace(tzinfo=UTC)
