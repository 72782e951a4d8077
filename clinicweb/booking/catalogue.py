"""
What can be booked and with whom, in memory: each process has it, and asks whether it is current.

Services and professionals change by imports alone, some times a year or a day; people look for them
all the time.  ADR 15.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from flask import g, has_request_context
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from clinicweb.booking.holds import DIRECT
from clinicweb.clinic.models import CatalogueVersion, Practitioner, PractitionerService, Service
from clinicweb.core import db
from clinicweb.core.search import WordIndex
from clinicweb.core.text import search_key

MODALITIES = ("in_person", "virtual")
PROCEDURE = "procedure"
NO_AREA = "-"  # what is stored is never empty, so that it counts as answered


@dataclass(frozen=True, slots=True)
class Offer:
    """A service that people book by themselves; with *practitioner*, as this one gives it."""

    service: str
    service_name: str
    kind: str
    area: str | None
    modalities: tuple[str, ...]
    practitioner: str | None = None
    practitioner_name: str | None = None


@dataclass(frozen=True, slots=True)
class Narrowing:
    """
    What was chosen before somebody looks for an offer; what is None is any.

    ``area``: ``NO_AREA`` for those that say none.  ``procedures``: whether they are meant.
    """

    area: str | None = None
    modality: str | None = None
    procedures: bool | None = None

    def fits(self, offer: Offer) -> bool:
        return (
            self.area in (None, offer.area or NO_AREA)
            and (self.modality is None or self.modality in offer.modalities)
            and self.procedures in (None, offer.kind == PROCEDURE)
        )


ANYTHING = Narrowing()


class Listed:
    """Some offers in the order of their names, to look through."""

    def __init__(self, offers: Iterable[Offer], name: Callable[[Offer], str]) -> None:
        self.offers = sorted(offers, key=lambda offer: search_key(name(offer)))
        self._name = name
        self._within: dict[Narrowing, dict[int, None]] = {}

    @cached_property
    def _index(self) -> WordIndex:
        return WordIndex(map(self._name, self.offers))

    def find(self, query: str, narrowing: Narrowing = ANYTHING) -> list[Offer]:
        """Those within *narrowing* whose name has the words of *query*, the best first."""
        kept = self.within(narrowing)
        if not query.strip():
            return [self.offers[number] for number in kept]
        return [self.offers[number] for number in self._index.find(query) if number in kept]

    def within(self, narrowing: Narrowing) -> dict[int, None]:
        """The places in ``offers`` of those within *narrowing*, in order."""
        if narrowing not in self._within:
            fitting = (n for n, offer in enumerate(self.offers) if narrowing.fits(offer))
            self._within[narrowing] = dict.fromkeys(fitting)
        return self._within[narrowing]


class Catalogue:
    """All offers: of services, and of services by professionals."""

    def __init__(self, services: Iterable[Offer], by_practitioner: Iterable[Offer]) -> None:
        self.services = Listed(services, lambda offer: offer.service_name)
        self.practitioners = Listed(
            by_practitioner, lambda offer: f"{offer.practitioner_name} {offer.service_name}"
        )

    def service(self, code: str) -> Offer | None:
        return self._by_code.get(code)

    @cached_property
    def _by_code(self) -> dict[str, Offer]:
        return {offer.service: offer for offer in self.services.offers}


# The last one read, of which database, and its number there.
_read: tuple[db.Database, int, Catalogue] | None = None


def current() -> Catalogue:
    """The catalogue as it is now: one small query for a request, unless it changed."""
    if not has_request_context():
        return _current()
    if "catalogue" not in g:
        g.catalogue = _current()
    found: Catalogue = g.catalogue
    return found


def _current() -> Catalogue:
    global _read  # noqa: PLW0603  one process, one catalogue
    with db.reading() as session:
        number = session.scalar(select(CatalogueVersion.number)) or 0
        if _read is None or _read[0] is not db.current() or _read[1] != number:
            _read = (db.current(), number, _load(session))
        return _read[2]


def note_change(session: Session) -> None:
    """Services, or who gives them, are other ones now."""
    session.execute(update(CatalogueVersion).values(number=CatalogueVersion.number + 1))


def _load(session: Session) -> Catalogue:
    query = (
        select(Practitioner, Service)
        .join(PractitionerService, PractitionerService.practitioner_id == Practitioner.id)
        .join(Service, Service.id == PractitionerService.service_id)
        .where(Practitioner.is_active, Service.booking == DIRECT)
    )
    pairs = [(person, service) for person, service in session.execute(query)]
    services = {service.id: _offer(service) for _person, service in pairs}
    return Catalogue(
        services.values(),
        [_offer(service, person.code, person.full_name) for person, service in pairs],
    )


def _offer(
    service: Service, practitioner: str | None = None, practitioner_name: str | None = None
) -> Offer:
    offered = service.modalities.split(";")
    return Offer(
        service=service.code,
        service_name=service.name,
        kind=service.kind,
        area=service.area,
        modalities=tuple(one for one in MODALITIES if one in offered),
        practitioner=practitioner,
        practitioner_name=practitioner_name,
    )
