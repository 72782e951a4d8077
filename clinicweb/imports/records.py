"""The records of an import, one class per kind, as both CSV and FHIR give them."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from clinicweb.imports.problems import Source

SERVICE_KINDS = ("general", "specialty", "procedure")
MODALITIES = ("in_person", "virtual")
BOOKINGS = ("direct", "view", "off")
SEXES = ("male", "female", "other", "unknown")
DEFAULT_MINUTES = 30  # of a service that does not say how long it takes, as in FHIR
# Of FHIR's MedicationRequest.
MEDICATION_STATUSES = (
    "active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft",
    "unknown",
)  # fmt: skip
# Of a DocumentReference's docStatus.
DOCUMENT_STATUSES = ("preliminary", "final", "amended", "entered-in-error")
# What nobody changes once it is sealed: a correction is another certificate.
SEALED_FIELDS = (
    "practitioner", "kind", "issued_on", "starts_on", "ends_on", "note", "replaces",
)  # fmt: skip
APPOINTMENT_STATUSES = ("booked", "arrived", "checked-in", "fulfilled", "cancelled", "noshow")


@dataclass(frozen=True, order=True, slots=True)
class Identifier:
    """A number given by another system, with that system's name."""

    system: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """
    Base of all.  Two records are equal when they say the same, wherever they were read.

    ``None`` means blank in a CSV, and unsaid in FHIR, which leaves what is there as it is.  A
    cell that could not be read leaves ``None`` too, whatever the field's type: checks skip it, so
    that one mistake is reported once; nothing with a mistake is ever written.
    """

    source: Source = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Site(Record):
    code: str
    name: str
    address: str | None = None
    city: str | None = None
    timezone: str | None = None
    phone: str | None = None
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Service(Record):
    code: str
    name: str
    kind: str | None = None
    modalities: tuple[str, ...] | None = None
    duration_minutes: int | None = None
    recommendations: str | None = None
    booking: str | None = None
    area: str | None = None
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Practitioner(Record):
    code: str
    prefix: str | None = None
    given_name: str
    family_name: str
    email: str | None = None
    services: tuple[str, ...] | None = None
    shift: str | None = None
    is_active: bool | None = None
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement(Record):
    code: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Agenda(Record):
    """A weekly rule; times and dates are the site's."""

    practitioner: str
    service: str
    site: str
    modality: str
    weekday: int
    from_time: time
    to_time: time
    slot_minutes: int
    valid_from: date
    valid_to: date | None = None
    web_quota: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Closure(Record):
    """No practitioner: the whole site; no site: all of them.  ``ends_at`` is not included."""

    practitioner: str | None = None
    site: str | None = None
    starts_at: datetime
    ends_at: datetime
    reason: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Patient(Record):
    mrn: str
    document_type: str | None = None
    document_number: str | None = None
    given_name: str
    family_name: str
    birth_date: date | None = None
    sex: str | None = None
    email: str | None = None
    phone: str | None = None
    agreements: tuple[str, ...] | None = None
    affiliation_number: str | None = None
    card_serial: str | None = None
    relationship: str | None = None
    family_head_mrn: str | None = None
    affiliation_ends_on: date | None = None
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Appointment(Record):
    """``starts_at`` naive is the site's wall clock; no ``ends_at``: as long as the service."""

    patient_mrn: str
    practitioner: str
    service: str
    site: str
    starts_at: datetime
    ends_at: datetime | None = None
    status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedHour(Record):
    """One free hour that another system publishes (FHIR Slot); instants are aware."""

    practitioner: str
    service: str
    site: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Prescription(Record):
    """What one doctor ordered at once; its medicines are records of their own."""

    code: str
    patient_mrn: str
    practitioner: str | None = None
    authored_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class PrescriptionItem(Record):
    """One medicine; *dosage* in words, or the rest as FHIR's Dosage has it."""

    prescription: str
    code: str
    medication: str
    dosage: str | None = None
    status: str
    dose: str | None = None
    frequency: int | None = None
    period: int | None = None
    period_unit: str | None = None
    as_needed: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SickLeave(Record):
    """A certificate of some days, both included; *replaces* is the code of one it corrects."""

    code: str
    patient_mrn: str
    practitioner: str | None = None
    status: str
    kind: str
    issued_on: date
    starts_on: date
    ends_on: date
    note: str | None = None
    replaces: str | None = None


@dataclass(slots=True)
class Records:
    """All that an import brings, kind by kind, in the order in which it must be written."""

    sites: list[Site] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    practitioners: list[Practitioner] = field(default_factory=list)
    patients: list[Patient] = field(default_factory=list)
    agendas: list[Agenda] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)
    hours: list[PublishedHour] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    prescriptions: list[Prescription] = field(default_factory=list)
    prescription_items: list[PrescriptionItem] = field(default_factory=list)
    sick_leaves: list[SickLeave] = field(default_factory=list)

    def add_all(self, other: "Records") -> None:
        for kind in Records.__slots__:
            getattr(self, kind).extend(getattr(other, kind))
