"""S1-19 to S1-23: the type of appointment, its modality, and how to look for it."""

from functools import partial

from clinicweb.booking import catalogue
from clinicweb.booking.catalogue import NO_AREA, Narrowing
from clinicweb.booking.steps.choice import Choice, Group, Option, choice_step
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.flow import Step
from clinicweb.core.i18n import _, lazy
from clinicweb.web.visit import Visit

MEDICINE = NO_AREA  # the type of services that say none
DOCTOR, SPECIALTY, BY_PROCEDURE, SEVERAL = "doctor", "specialty", "procedure", "several"


def narrowing(visit: Visit, way: str | None = None) -> Narrowing:
    """The type and modality that were chosen, as far as they were, and what is looked for."""
    is_procedure = None if way in (None, SEVERAL) else way == BY_PROCEDURE
    return Narrowing(visit.find("area"), visit.find("modality"), is_procedure)


def kind(rules: ClinicRules) -> Step:
    return choice_step(
        Choice(
            "tipo", lazy("Tipo de cita"), "area", lazy("Seleccione el tipo de cita"),
            groups=partial(_areas, rules),
        )
    )  # fmt: skip


def _areas(rules: ClinicRules, _visit: Visit) -> list[Group]:
    found = {offer.area for offer in catalogue.current().services.offers}
    named = sorted(area for area in found if area)
    first = [Option(MEDICINE, _(rules.labels.medicine))] if None in found else []
    return [Group("", [*first, *(Option(area, area) for area in named)])]


def modality(rules: ClinicRules) -> Step:
    return choice_step(
        Choice(
            "modalidad", lazy("Modalidad"), "modality", lazy("Seleccione la modalidad"),
            groups=partial(_modalities, rules), depends_on=("area",),
        )
    )  # fmt: skip


def _modalities(rules: ClinicRules, visit: Visit) -> list[Group]:
    labels = rules.labels
    words = {"in_person": labels.in_person, "virtual": labels.virtual}
    services, area = catalogue.current().services, visit.find("area")
    found = {code for code in words if services.within(Narrowing(area, code))}
    options = [Option(code, _(text)) for code, text in words.items() if code in found]
    return [Group("", options)]


def by(rules: ClinicRules) -> Step:
    return choice_step(
        Choice(
            "por", lazy("Cómo buscar"), "by", lazy("¿Cómo quiere buscar?"),
            groups=partial(_ways, rules), depends_on=("area", "modality"),
        )
    )  # fmt: skip


def _ways(rules: ClinicRules, visit: Visit) -> list[Group]:
    labels = rules.labels
    services = catalogue.current().services
    count = len(services.within(narrowing(visit)))
    procedures = len(services.within(narrowing(visit, BY_PROCEDURE)))
    groups = []
    if procedures < count:
        ways = [Option(DOCTOR, _(labels.by_doctor)), Option(SPECIALTY, _(labels.by_specialty))]
        groups.append(Group(_(labels.consultations), ways))
    if procedures:
        ways = [Option(BY_PROCEDURE, _(labels.by_procedure))]
        groups.append(Group(_(labels.procedures), ways))
    if "search" in rules.booking.steps and rules.booking.max_together > 1 and count > 1:
        groups.append(Group(_("Más de una cita"), [Option(SEVERAL, _(labels.several))]))
    return groups
