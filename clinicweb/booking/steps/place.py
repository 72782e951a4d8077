"""Where: the city (S1-25), then one of its sites (S1-26)."""

from dataclasses import replace
from functools import partial

from clinicweb.booking import agenda_queries
from clinicweb.booking.agenda_queries import Place
from clinicweb.booking.criteria import NO_CITY
from clinicweb.booking.steps.choice import Choice, Group, Option, choice_step
from clinicweb.booking.steps.shared import ANY_SITE, wanted_each, wanted_hours
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.flow import Step
from clinicweb.core.i18n import _, counted, lazy
from clinicweb.web.visit import Visit

_WHAT = ("service", "practitioner", "modality", "services")


def city(rules: ClinicRules) -> Step:
    return choice_step(
        Choice(
            "ciudad", lazy("Ciudad"), "city", lazy("Seleccione la ciudad"),
            groups=partial(_cities, rules), depends_on=_WHAT,
        )
    )  # fmt: skip


def _places(rules: ClinicRules, visit: Visit, city: str | None) -> tuple[Place, ...]:
    """Where in *city*, or anywhere, there are hours of what is wanted."""
    each = wanted_each(rules, visit) if visit.find("services") else [wanted_hours(rules, visit)]
    anywhere = [replace(one, city=city, site=None) for one in each]
    return agenda_queries.list_places(visit.viewer, anywhere)


def _cities(rules: ClinicRules, visit: Visit) -> list[Group]:
    """Those where each service has a site."""
    count = len(wanted_each(rules, visit))
    found: dict[str, int] = {}
    given: dict[str, set[int]] = {}
    for place in _places(rules, visit, None):
        found[place.city] = found.get(place.city, 0) + 1
        given.setdefault(place.city, set()).update(place.gives)
    found = {name: sites for name, sites in found.items() if len(given[name]) == count}
    other = _("Otra ciudad") if len(found) > 1 else ""
    options = [
        Option(name or NO_CITY, name or other, counted("%(num)s sede", "%(num)s sedes", count))
        for name, count in found.items()
    ]
    return [Group("", options)]


def site(rules: ClinicRules) -> Step:
    return choice_step(
        Choice(
            "sede", lazy("Sede"), "site", lazy("Seleccione la sede"),
            groups=partial(_sites, rules), depends_on=("city", *_WHAT),
        )
    )  # fmt: skip


def _sites(rules: ClinicRules, visit: Visit) -> list[Group]:
    places, count = _places(rules, visit, visit.find("city")), len(wanted_each(rules, visit))
    options = [
        Option(place.code, place.name, place.address or "")
        for place in places
        if len(place.gives) == count
    ]
    if count > 1 and len(places) > 1:
        options.append(Option(ANY_SITE, _("Cualquier sede"), _("Con tiempo para ir de una a otra")))
    return [Group("", options)]
