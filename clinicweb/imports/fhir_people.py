"""FHIR's places, services and people as records of ours."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from clinicweb.core.i18n import _
from clinicweb.core.text import search_key
from clinicweb.imports import cells
from clinicweb.imports.fhir_bundle import FhirSource
from clinicweb.imports.fhir_index import FhirIndex, Resource
from clinicweb.imports.fhir_values import (
    addresses_of,
    best_name,
    codes_of,
    document_candidates,
    document_of,
    given_and_family,
    identifiers_of,
    main_identifier,
    region_of,
    telecom_of,
    timezone_of,
    words_of,
)
from clinicweb.imports.problems import quoted
from clinicweb.imports.records import SEXES, Patient, Practitioner, Service, Site

_PAYERS = {"ins", "pay"}
# Parts of a building, where nobody would say they have their appointment.
_ROOMS = {"wi", "wa", "lvl", "co", "ro", "bd", "ve", "ca", "rd", "area"}
_VIRTUAL = {"vr", "virtual", "telehealth", "telemedicine"}


def name_everything(index: FhirIndex) -> None:
    """Give a code to each resource that others refer to by one."""
    sites = list(_site_resources(index))
    for group in (
        sites,
        index.by_type["HealthcareService"],
        index.by_type["Practitioner"],
        index.by_type["Patient"],
    ):
        index.name_codes(group, {resource: main_identifier(resource) for resource in group})
    _name_parts_of_sites(index)


def _site_resources(index: FhirIndex) -> Iterator[Resource]:
    """Locations but rooms, and those organizations that have no location and pay nobody."""
    with_location = set()
    for location in index.by_type["Location"]:
        managing = location.model.managingOrganization
        with_location.add(index.follow(location, managing, ("managingOrganization",)))
        if not _is_room(location):
            yield location
    for organization in index.by_type["Organization"]:
        is_payer = _PAYERS & set(codes_of(organization.model.type or []))
        if organization not in with_location and not is_payer:
            yield organization


def _is_room(location: Resource) -> bool:
    kind = location.model.physicalType
    is_part = location.model.partOf is not None
    return is_part and bool(_ROOMS & set(codes_of([kind])))


def _name_parts_of_sites(index: FhirIndex) -> None:
    """Let a room be called as its building, and an organization as its first location."""
    for location in index.by_type["Location"]:
        place: Resource | None = location
        for _level in range(5):
            if place is None or place in index.handles:
                break
            place = index.follow(place, place.model.partOf, ("partOf",))
        if place is not None and place in index.handles:
            index.handles[location] = index.handles[place]
            owner = index.follow(location, location.model.managingOrganization, ())
            if owner is not None:
                index.handles.setdefault(owner, index.handles[place])


def sites(index: FhirIndex) -> Iterator[Site]:
    for resource in _site_resources(index):
        model, source = resource.model, FhirSource(resource.node, code=("identifier",))
        address = next(iter(addresses_of(model)), None)
        phone = cells.phone(region_of(model, index.defaults.region))
        number, _at = telecom_of(model, "phone")
        read = index.try_read
        yield Site(
            source=source,
            code=index.codes[resource],
            name=index.require(
                resource, "name", index.read(resource, ("name",), cells.line(200), model.name)
            ),
            address=read(resource, ("address",), cells.line(300), _street(address)),
            city=read(resource, ("address",), cells.line(120), address.city if address else None),
            timezone=timezone_of(model),
            phone=read(resource, ("telecom",), phone, number),
            identifiers=identifiers_of(model),
        )


def _street(address: Any) -> str | None:
    if address is None:
        return None
    return ", ".join(filter(None, address.line or [])) or address.text


def services(index: FhirIndex) -> Iterator[Service]:
    for resource in index.by_type["HealthcareService"]:
        model = resource.model
        words = words_of((model.type or []) + (model.specialty or []))
        name = model.name or next(iter(words[1:] or words), None)
        virtual = _VIRTUAL & {code.casefold() for code in codes_of(model.characteristic or [])}
        notes = model.extraDetails or model.comment
        yield Service(
            source=FhirSource(resource.node, code=("identifier",)),
            code=index.codes[resource],
            name=index.require(
                resource, "name", index.read(resource, ("name",), cells.line(200), name)
            ),
            kind="specialty" if model.specialty else None,
            modalities=("in_person", "virtual") if virtual else None,
            duration_minutes=None,
            recommendations=index.read(resource, (), cells.paragraphs, notes),
            booking=None,
            identifiers=identifiers_of(model),
        )


def practitioners(index: FhirIndex) -> Iterator[Practitioner]:
    services_of = _services_by_practitioner(index)
    for resource in index.by_type["Practitioner"]:
        model = resource.model
        name = best_name(model.name)
        prefix = " ".join(name.prefix or []) if name else None
        email, at = telecom_of(model, "email")
        yield Practitioner(
            source=FhirSource(resource.node, code=("identifier",)),
            code=index.codes[resource],
            prefix=index.try_read(resource, ("name",), cells.line(20), prefix),
            **_names(index, resource, name),
            email=index.try_read(resource, ("telecom", at, "value"), cells.email, email),
            services=services_of.get(resource),
            is_active=model.active,
            identifiers=identifiers_of(model),
        )


def _services_by_practitioner(index: FhirIndex) -> dict[Resource, tuple[str, ...]]:
    found: dict[Resource, dict[str, None]] = defaultdict(dict)
    for role in index.by_type["PractitionerRole"]:
        person = index.follow(role, role.model.practitioner, ("practitioner",))
        if person is not None:
            found[person].update(dict.fromkeys(services_of_role(index, role)))
    return {person: tuple(codes) for person, codes in found.items()}


def services_of_role(index: FhirIndex, role: Resource) -> list[str]:
    """Return the handles of the services that a PractitionerRole names, or calls by name."""
    named = [
        index.handle_at(role, reference, ("healthcareService", at))
        for at, reference in enumerate(role.model.healthcareService or [])
    ]
    said = service_by_words(index, role.model.specialty or [])
    return [code for code in [*named, said] if code]


def service_by_words(index: FhirIndex, concepts: list[Any]) -> str | None:
    """Return the handle of the service that has a code or name among those of *concepts*."""
    wanted = {search_key(word) for word in words_of(concepts)}
    for resource in index.by_type["HealthcareService"]:
        model = resource.model
        own = words_of((model.type or []) + (model.specialty or []))
        if wanted & {search_key(word) for word in [*own, model.name or "", index.codes[resource]]}:
            return index.handles[resource]
    return None


def patients(index: FhirIndex) -> Iterator[Patient]:
    for resource in index.by_type["Patient"]:
        model = resource.model
        kind, number = document_of(model)
        _warn_of_documents(index, resource)
        email, email_at = telecom_of(model, "email")
        phone, phone_at = telecom_of(model, "phone")
        parse_phone = cells.phone(region_of(model, index.defaults.region))
        born = str(model.birthDate) if model.birthDate else None
        yield Patient(
            source=FhirSource(resource.node, mrn=("identifier",), document_number=("identifier",)),
            mrn=index.codes[resource],
            document_type=kind,
            document_number=number,
            **_names(index, resource, best_name(model.name)),
            birth_date=index.try_read(resource, ("birthDate",), cells.past_day, born),
            sex=model.gender if model.gender in SEXES else None,
            email=index.try_read(resource, ("telecom", email_at, "value"), cells.email, email),
            phone=index.try_read(resource, ("telecom", phone_at, "value"), parse_phone, phone)
            or _as_typed(phone),
            identifiers=identifiers_of(model),
        )


def _as_typed(phone: str | None) -> str | None:
    try:
        return cells.phone_as_typed(phone or "") or None
    except ValueError:
        return None


def _warn_of_documents(index: FhirIndex, resource: Resource) -> None:
    for kind, number, at in document_candidates(resource.model):
        if document_of(resource.model)[0] is None:
            message = _(
                "%(value)s no es un número válido de %(type)s", value=quoted(number), type=kind
            )
            index.warnings.append(resource.node.problem(("identifier", at, "value"), message))


def _names(index: FhirIndex, resource: Resource, name: Any) -> dict[str, Any]:
    given, family = given_and_family(name) if name else ("", "")
    index.require(resource, "name", given or family)
    parse = cells.line(120)
    return {
        "given_name": index.read(resource, ("name",), parse, given) or "",
        "family_name": index.read(resource, ("name",), parse, family) or "",
    }
