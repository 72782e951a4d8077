"""S3-21, S3-22: for whom of the family; who is alone is not asked."""

from functools import partial

from clinicweb.booking.steps.choice import Choice, Group, Option, choice_step
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.flow import Step
from clinicweb.core.i18n import lazy
from clinicweb.family import queries
from clinicweb.family.texts import relationship_text
from clinicweb.web.visit import Visit

KEY = "persona"


def step(rules: ClinicRules) -> Step:
    return choice_step(
        Choice(
            KEY, lazy("Persona"), "patient", lazy("¿Para quién es la cita?"),
            groups=partial(_members, rules),
        )
    )  # fmt: skip


def _members(rules: ClinicRules, visit: Visit) -> list[Group]:
    members = queries.list_members(visit.viewer.as_holder(), rules)
    options = [
        Option(
            member.public_id,
            member.full_name,
            relationship_text(member.relationship, is_self=member.is_self),
        )
        for member in members
        if member.decision.allowed
    ]
    return [Group("", options)]
