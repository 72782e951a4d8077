"""Where: the city (S1-25), then one of its sites (S1-26)."""

from functools import partial

from clinicweb.booking import agenda_queries
from clinicweb.booking.agenda_queries import Place
from clinicweb.booking.criteria import NO_CITY
from clinicweb.booking.steps.choice import Choice, Group, Option, choice_step
from clinicweb.booking.steps.shared import wanted_hours
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


def _places(rules: ClinicRules, visit: Visit) -> tuple[Place, ...]:
    return agenda_queries.list_places(visit.viewer, wanted_hours(rules, visit))


def _cities(rules: ClinicRules, visit: Visit) -> list[Group]:
    found: dict[str, int] = {}
    for place in _places(rules, visit):
        found[place.city] = found.get(place.city, 0) + 1
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
    options = [
        Option(place.code, place.name, place.address or "") for place in _places(rules, visit)
    ]
    return [Group("", options)]
