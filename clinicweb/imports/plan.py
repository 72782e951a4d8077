"""
All records of an import against each other and against what the clinic has already.

Pure: the outcome is records that can be written as they are, or all that is wrong with them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from clinicweb.core.i18n import _
from clinicweb.imports.names import Known, Names
from clinicweb.imports.problems import Problem, quoted
from clinicweb.imports.records import Identifier, Record, Records
from clinicweb.imports.row_rules import row_problems, row_warnings
from clinicweb.imports.times import with_instants

# The fields that make a record the same one as before; a problem stands at the first.
NATURAL_KEYS: Mapping[str, tuple[str, ...]] = {
    "sites": ("code",),
    "services": ("code",),
    "agreements": ("code",),
    "practitioners": ("code",),
    "patients": ("mrn",),
    "agendas": (
        "practitioner", "service", "site", "modality", "weekday", "from_time", "valid_from",
    ),
    "closures": ("starts_at", "practitioner", "site"),
    "hours": ("practitioner", "starts_at", "service", "site"),
    "appointments": ("patient_mrn", "practitioner", "starts_at"),
    "prescriptions": ("code",),
    "prescription_items": ("prescription", "code"),
    "sick_leaves": ("code",),
}  # fmt: skip
# Fields that name records of another kind.
REFERENCES: Mapping[str, Mapping[str, str]] = {
    "practitioners": {"services": "services"},
    "patients": {"agreements": "agreements", "family_head_mrn": "patients"},
    "agendas": {"practitioner": "practitioners", "service": "services", "site": "sites"},
    "closures": {"practitioner": "practitioners", "site": "sites"},
    "hours": {"practitioner": "practitioners", "service": "services", "site": "sites"},
    "appointments": {
        "patient_mrn": "patients",
        "practitioner": "practitioners",
        "service": "services",
        "site": "sites",
    },
    "prescriptions": {"patient_mrn": "patients", "practitioner": "practitioners"},
    "prescription_items": {"prescription": "prescriptions"},
    "sick_leaves": {
        "patient_mrn": "patients",
        "practitioner": "practitioners",
        "replaces": "sick_leaves",
    },
}
_IDENTIFIED = ("sites", "services", "practitioners", "patients")
_NAMED = (*_IDENTIFIED, "agreements", "prescriptions", "sick_leaves")


@dataclass(slots=True)
class Plan:
    """*records* refer to each other by code, and their instants are aware; see *problems*."""

    records: Records
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def make_plan(records: Records, known: Known, *, timezone: str, are_all_read: bool = True) -> Plan:
    """
    Check *records* and make them ready to be written.

    Args:
        timezone: the clinic's own, for closures of every site.
        are_all_read: false when some file could not be read at all: then a name that leads
            nowhere is no news.
    """
    plan = Plan(_with_known_codes(records, known))
    plan.problems += _repeated(plan.records)
    resolver = _Resolver(_all_names(plan.records, known), plan.problems, is_silent=not are_all_read)
    plan.records = resolver.resolved(plan.records)
    plan.records = with_instants(plan.records, known, plan.problems, timezone=timezone)
    plan.problems = sorted({*plan.problems, *row_problems(plan.records, known)})
    plan.warnings += row_warnings(plan.records)
    return plan


def _all_names(records: Records, known: Known) -> dict[str, Names]:
    names = {}
    for kind in _NAMED:
        found = Names()
        for record in getattr(records, kind):
            code = getattr(record, NATURAL_KEYS[kind][0])
            if code is not None:
                found.add(code, getattr(record, "identifiers", ()))
        names[kind] = known.names[kind].merged(found)
    return names


def _with_known_codes(records: Records, known: Known) -> Records:
    """Recognise a record by the identifiers that it had when it came the first time."""
    changed = {
        kind: [_recognised(record, kind, known) for record in getattr(records, kind)]
        for kind in _IDENTIFIED
        if known.identifiers[kind]
    }
    return replace(records, **changed)


def _recognised(record: Any, kind: str, known: Known) -> Any:
    own = {identifier for identifier in record.identifiers if identifier.system}
    if not own:
        return record
    (key,) = NATURAL_KEYS[kind]
    code = getattr(record, key)
    owners = {c for c, others in known.identifiers[kind].items() if own & others}
    if len(owners) == 1:
        return replace(record, **{key: owners.pop()})
    if not owners and known.identifiers[kind].get(code):
        return replace(record, **{key: _long_code(code, own)})
    return record


def _long_code(code: str, identifiers: set[Identifier]) -> str:
    """Return the code of a record whose short one is somebody else's."""
    main = min(identifiers, key=lambda identifier: (identifier.value != code, identifier))
    return f"{main.system}|{main.value}"


def _repeated(records: Records) -> Iterator[Problem]:
    for kind, fields in NATURAL_KEYS.items():
        first: dict[tuple[Any, ...], Record] = {}
        for record in getattr(records, kind):
            key = tuple(getattr(record, name) for name in fields)
            if key[0] is None:
                continue
            if key in first:
                yield _repetition(record, first[key], fields[0], key)
            first.setdefault(key, record)


def _repetition(record: Record, first: Record, name: str, key: tuple[Any, ...]) -> Problem:
    there = first.source.problem(name, "")
    message = _(
        "%(key)s está repetido: ya viene en %(file)s:%(line)d:%(column)d",
        key=quoted(", ".join(str(part) for part in key if part is not None)),
        file=there.file,
        line=there.line,
        column=there.column,
    )
    return record.source.problem(name, message)


@dataclass(frozen=True, slots=True)
class _Resolver:
    names: dict[str, Names]
    problems: list[Problem]
    is_silent: bool

    def resolved(self, records: Records) -> Records:
        changed = {
            kind: [self._record(record, fields) for record in getattr(records, kind)]
            for kind, fields in REFERENCES.items()
        }
        return replace(records, **changed)

    def _record(self, record: Any, fields: Mapping[str, str]) -> Any:
        codes = {name: self._value(record, name, kind) for name, kind in fields.items()}
        return replace(record, **codes)

    def _value(self, record: Record, name: str, kind: str) -> Any:
        said = getattr(record, name)
        if said is None or isinstance(said, str):
            return self._code(record, name, kind, said)
        codes = (self._code(record, name, kind, item) for item in said)
        return tuple(dict.fromkeys(code for code in codes if code is not None))

    def _code(self, record: Record, name: str, kind: str, said: str | None) -> str | None:
        if said is None:
            return None
        try:
            return self.names[kind].resolve(said, kind=kind)
        except ValueError as problem:
            if not self.is_silent:
                self.problems.append(record.source.problem(name, str(problem)))
            return None
