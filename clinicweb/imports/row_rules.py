"""Rules that the records of an import keep, alone or among themselves."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from clinicweb.core.i18n import _
from clinicweb.imports.leave_rules import leave_problems
from clinicweb.imports.names import Known
from clinicweb.imports.overlaps import overlap_problems
from clinicweb.imports.problems import Problem, quoted
from clinicweb.imports.records import Agenda, Patient, Prescription, Records


def row_problems(records: Records, known: Known) -> Iterator[Problem]:
    """Yield what no clinic can have: hours that end before they begin, a person in two places."""
    for agenda in records.agendas:
        yield from _agenda_problems(agenda)
    for closed in chain(records.closures, records.hours, records.appointments):
        yield from _span_problems(closed)
    yield from _document_problems(records.patients, known)
    yield from _head_problems(records.patients, known)
    yield from overlap_problems(records.appointments, known.live)
    yield from _owner_problems(records.prescriptions, known)
    yield from leave_problems(records.sick_leaves, known)


def row_warnings(records: Records) -> Iterator[Problem]:
    """Yield what may be meant, and may be a slip."""
    for agenda in records.agendas:
        length = _minutes_open(agenda)
        if length > 0 and agenda.slot_minutes and length % agenda.slot_minutes:
            message = _(
                "sobran %(minutes)d minutos al final: no alcanzan para otra hora de %(slot)d",
                minutes=length % agenda.slot_minutes,
                slot=agenda.slot_minutes,
            )
            yield agenda.source.problem("slot_minutes", message)


def _agenda_problems(agenda: Agenda) -> Iterator[Problem]:
    length = _minutes_open(agenda)
    if agenda.from_time and agenda.to_time and length <= 0:
        message = _("«to» debe ser después de «from»")
        yield agenda.source.problem("to", message)
    elif length and agenda.slot_minutes and agenda.slot_minutes > length:
        message = _(
            "una hora de %(slot)d minutos no cabe en %(minutes)d",
            slot=agenda.slot_minutes,
            minutes=length,
        )
        yield agenda.source.problem("slot_minutes", message)
    if agenda.valid_from and agenda.valid_to and agenda.valid_to < agenda.valid_from:
        yield agenda.source.problem("valid_to", _("«valid_to» es antes de «valid_from»"))


def _minutes_open(agenda: Agenda) -> int:
    if not (agenda.from_time and agenda.to_time):
        return 0
    day = date.min
    open_for = datetime.combine(day, agenda.to_time) - datetime.combine(day, agenda.from_time)
    return int(open_for / timedelta(minutes=1))


def _span_problems(record: Any) -> Iterator[Problem]:
    if record.starts_at and record.ends_at and record.ends_at <= record.starts_at:
        column = "to" if hasattr(record, "reason") else "ends_at"
        yield record.source.problem(column, _("termina antes de empezar"))


def _document_problems(patients: Iterable[Patient], known: Known) -> Iterator[Problem]:
    """One document, one person: it is what they sign in with."""
    owners = dict(known.documents)
    renewed = {patient.mrn for patient in patients if patient.document_number}
    for document, mrn in known.documents.items():
        if mrn in renewed:
            del owners[document]
    for patient in patients:
        if patient.document_type is None or patient.document_number is None:
            continue
        owner = owners.setdefault((patient.document_type, patient.document_number), patient.mrn)
        if owner != patient.mrn:
            message = _(
                "%(number)s ya es el documento del paciente %(mrn)s",
                number=quoted(patient.document_number),
                mrn=quoted(owner),
            )
            yield patient.source.problem("document_number", message)


def _head_problems(patients: Iterable[Patient], known: Known) -> Iterator[Problem]:
    heads = known.heads | {patient.mrn: patient.family_head_mrn for patient in patients}
    for patient in patients:
        head = patient.family_head_mrn
        if head and head != patient.mrn and heads.get(head) not in (None, head):
            message = _(
                "%(head)s no puede ser titular: es carga de %(other)s",
                head=quoted(head),
                other=quoted(str(heads[head])),
            )
            yield patient.source.problem("family_head_mrn", message)


def _owner_problems(prescriptions: Iterable[Prescription], known: Known) -> Iterator[Problem]:
    """What somebody may have read as theirs never becomes another's by a slip in a file."""
    for one in prescriptions:
        owner = known.prescribed_to.get(one.code, one.patient_mrn)
        if one.patient_mrn and owner != one.patient_mrn:
            message = _(
                "la receta %(code)s es del paciente %(mrn)s",
                code=quoted(one.code),
                mrn=quoted(owner),
            )
            yield one.source.problem("patient_mrn", message)
