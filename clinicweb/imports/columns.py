"""The CSV files of an import: which columns each has and how a cell of it is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from clinicweb.core import documents
from clinicweb.core.i18n import _
from clinicweb.imports import cells, records
from clinicweb.imports.problems import quoted

A_DAY_IN_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a file may leave unsaid: the clinic's zone and its phones' region (ISO 3166)."""

    timezone: str = "America/Santiago"
    region: str = "CL"


@dataclass(frozen=True, slots=True)
class Column:
    """
    ``field`` is the record's attribute; a blank cell gives ``blank`` unless required.

    Files may leave out what came later than they: ``may_be_missing``.  What ``parse`` refuses is
    a mistake, but only a warning where ``as_typed`` reads what is kept in its place.
    """

    name: str
    parse: cells.Parser
    is_required: bool = True
    field: str = ""
    blank: Any = None
    may_be_missing: bool = False
    as_typed: cells.Parser | None = None

    @property
    def attribute(self) -> str:
        return self.field or self.name


class WrongCellError(ValueError):
    """A cell that can be read alone, but not beside the others of its row."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """One file; ``finish`` looks at the cells ``finish_needs`` of a row together."""

    kind: str
    record: Callable[..., records.Record]
    columns: tuple[Column, ...]
    finish: Callable[[Values], Values] = dict
    finish_needs: frozenset[str] = frozenset()

    @property
    def file_name(self) -> str:
        return f"{self.kind}.csv"


def _optional(name: str, parse: cells.Parser, *, field: str = "", blank: Any = None) -> Column:
    return Column(name, parse, is_required=False, field=field, blank=blank)


def tables(defaults: Defaults) -> Mapping[str, Table]:
    """Return the table of each file name."""
    phone = cells.phone(defaults.region)
    known = (
        _sites(defaults, phone), _services(), _practitioners(), _agreements(), _agendas(),
        _closures(), _patients(phone), _appointments(), _prescriptions(), _prescription_items(),
        _sick_leaves(),
    )  # fmt: skip
    return {table.file_name: table for table in known}


def _sites(defaults: Defaults, phone: cells.Parser) -> Table:
    return Table("sites", records.Site, (
        Column("code", cells.code),
        Column("name", cells.line(200)),
        _optional("address", cells.line(300)),
        _optional("city", cells.line(120)),
        _optional("timezone", cells.timezone, blank=defaults.timezone),
        _optional("phone", phone),
    ))  # fmt: skip


def _services() -> Table:
    modality = cells.choice(*records.MODALITIES)
    return Table("services", records.Service, (
        Column("code", cells.code),
        Column("name", cells.line(200)),
        Column("kind", cells.choice(*records.SERVICE_KINDS)),
        Column("modalities", cells.listing(modality)),
        Column("duration_minutes", cells.integer(1, A_DAY_IN_MINUTES)),
        _optional("recommendations", cells.paragraphs),
        Column("booking", cells.choice(*records.BOOKINGS)),
        Column("area", cells.line(60), is_required=False, may_be_missing=True),
    ))  # fmt: skip


def _practitioners() -> Table:
    return Table("practitioners", records.Practitioner, (
        Column("code", cells.code),
        _optional("prefix", cells.line(20)),
        Column("given_name", cells.line(120)),
        Column("family_name", cells.line(120)),
        _optional("email", cells.email),
        _optional("services", cells.listing(cells.code), blank=()),
        _optional("shift", cells.line(60)),
    ))  # fmt: skip


def _agreements() -> Table:
    return Table("agreements", records.Agreement, (
        Column("code", cells.code),
        Column("name", cells.line(200)),
    ))  # fmt: skip


def _agendas() -> Table:
    return Table("agendas", records.Agenda, (
        Column("practitioner", cells.code),
        Column("service", cells.code),
        Column("site", cells.code),
        Column("modality", cells.choice(*records.MODALITIES)),
        Column("weekday", cells.integer(1, 7)),
        Column("from", cells.wall_time, field="from_time"),
        Column("to", cells.wall_time, field="to_time"),
        Column("slot_minutes", cells.integer(1, A_DAY_IN_MINUTES)),
        Column("valid_from", cells.day),
        _optional("valid_to", cells.day),
        _optional("web_quota", cells.integer(0, 1000)),
    ))  # fmt: skip


def _closures() -> Table:
    return Table("closures", records.Closure, (
        _optional("practitioner", cells.code),
        _optional("site", cells.code),
        Column("from", cells.closure_start, field="starts_at"),
        Column("to", cells.closure_end, field="ends_at"),
        _optional("reason", cells.line(200)),
    ))  # fmt: skip


def _patients(phone: cells.Parser) -> Table:
    # «M» is masculine: a file that also says «H» is refused at each of those cells.
    sex = cells.choice(
        *records.SEXES,
        m="male", f="female", masculino="male", femenino="female", hombre="male", mujer="female",
        otro="other", desconocido="unknown",
    )  # fmt: skip
    return Table("patients", records.Patient, (
        Column("mrn", cells.code),
        _optional("document_type", cells.choice(*documents.DOCUMENT_TYPES)),
        _optional("document_number", cells.line(60)),
        Column("given_name", cells.line(120)),
        Column("family_name", cells.line(120)),
        _optional("birth_date", cells.past_day),
        _optional("sex", sex),
        _optional("email", cells.email),
        Column("phone", phone, is_required=False, as_typed=cells.phone_as_typed),
        _optional("agreements", cells.listing(cells.code), blank=()),
        _optional("affiliation_number", cells.card_number),
        _optional("card_serial", cells.card_number),
        _optional("relationship", cells.line(30)),
        _optional("family_head_mrn", cells.code),
        Column("affiliation_ends_on", cells.day, is_required=False, may_be_missing=True),
    ), _with_document, frozenset({"document_type", "document_number"}))  # fmt: skip


def _appointments() -> Table:
    return Table("appointments", records.Appointment, (
        Column("patient_mrn", cells.code),
        Column("practitioner", cells.code),
        Column("service", cells.code),
        Column("site", cells.code),
        Column("starts_at", cells.moment),
        Column("status", cells.choice(*records.APPOINTMENT_STATUSES)),
    ))  # fmt: skip


def _prescriptions() -> Table:
    return Table("prescriptions", records.Prescription, (
        Column("code", cells.code),
        Column("patient_mrn", cells.code),
        _optional("practitioner", cells.code),
        Column("authored_on", cells.past_day),
    ))  # fmt: skip


def _prescription_items() -> Table:
    return Table("prescription_items", records.PrescriptionItem, (
        Column("prescription", cells.code),
        Column("code", cells.code),
        Column("medication", cells.line(300)),
        _optional("dosage", cells.paragraphs),
        Column("status", cells.choice(*records.MEDICATION_STATUSES)),
    ))  # fmt: skip


def _sick_leaves() -> Table:
    return Table("sick_leaves", records.SickLeave, (
        Column("code", cells.code),
        Column("patient_mrn", cells.code),
        _optional("practitioner", cells.code),
        Column("status", cells.choice(*records.DOCUMENT_STATUSES)),
        Column("kind", cells.line(120)),
        Column("issued_on", cells.past_day),
        Column("starts_on", cells.day),
        Column("ends_on", cells.day),
        _optional("note", cells.paragraphs),
        _optional("replaces", cells.code),
    ))  # fmt: skip


def _with_document(values: Values) -> Values:
    """Give the document number its canonical spelling; it needs its type, and the reverse."""
    document_type, number = values["document_type"], values["document_number"]
    if number is None:
        return {**values, "document_type": None}
    if document_type is None:
        message = _("%(value)s: falta el tipo de documento", value=quoted(number))
        raise WrongCellError("document_number", message)
    try:
        return {**values, "document_number": documents.normalise(document_type, number)}
    except documents.DocumentError as problem:
        message = _(
            "%(value)s no es un número válido de %(type)s",
            value=quoted(number),
            type=document_type,
        )
        raise WrongCellError("document_number", message) from problem
