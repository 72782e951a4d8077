"""What records are called: their codes, and the identifiers that other systems gave them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Protocol

from clinicweb.core.i18n import _
from clinicweb.imports.problems import quoted
from clinicweb.imports.records import Identifier


class Rhythm(Protocol):
    """What an agenda tells about the length of its hours."""

    @property
    def practitioner(self) -> str: ...
    @property
    def service(self) -> str: ...
    @property
    def site(self) -> str: ...
    @property
    def weekday(self) -> int: ...
    @property
    def from_time(self) -> time: ...
    @property
    def to_time(self) -> time: ...
    @property
    def slot_minutes(self) -> int: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class LiveAppointment:
    """An appointment that the clinic has already: nobody can be in two places at once."""

    patient_mrn: str
    practitioner: str
    starts_at: datetime
    ends_at: datetime


class Names:
    """The codes of one kind, and every other name that leads to one of them."""

    def __init__(self) -> None:
        self.codes: set[str] = set()
        self._aliases: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, code: str, identifiers: Iterable[Identifier] = ()) -> None:
        self.codes.add(code)
        for identifier in identifiers:
            self._aliases[identifier.value].add(code)
            if identifier.system:
                self._aliases[f"{identifier.system}|{identifier.value}"].add(code)

    def merged(self, other: "Names") -> "Names":
        both = Names()
        for names in (self, other):
            both.codes |= names.codes
            for alias, codes in names._aliases.items():  # noqa: SLF001 - same class
                both._aliases[alias] |= codes
        return both

    def resolve(self, name: str, *, kind: str) -> str:
        """
        Return the code that *name* means: a code, ``system|value``, or the value alone.

        Raises: ValueError, in words, when it means none or several.
        """
        found = {name} & self.codes or self._aliases.get(name, set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            message = _("%(name)s es de varios: escríbalo como sistema|valor", name=quoted(name))
            raise ValueError(message)
        message = _(
            "%(name)s no existe: no viene en %(kind)s ni está en la clínica",
            name=quoted(name),
            kind=f"{kind}.csv",
        )
        raise ValueError(message)


@dataclass(slots=True)
class Known:
    """What the database has already, as far as a check of new records needs it."""

    names: dict[str, Names] = field(default_factory=lambda: defaultdict(Names))
    identifiers: dict[str, dict[str, set[Identifier]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    timezones: dict[str, str] = field(default_factory=dict)
    durations: dict[str, int] = field(default_factory=dict)
    documents: dict[tuple[str, str], str] = field(default_factory=dict)
    heads: dict[str, str | None] = field(default_factory=dict)
    prescribed_to: dict[str, str] = field(default_factory=dict)
    certified_to: dict[str, str] = field(default_factory=dict)
    # What each sealed certificate says: the fields of ``records.SEALED_FIELDS``, in that order.
    sealed: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    agendas: list[Rhythm] = field(default_factory=list)
    live: list[LiveAppointment] = field(default_factory=list)
