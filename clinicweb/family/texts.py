"""Families in words: relationships, and the reasons of ``family.policy``."""

from collections.abc import Mapping
from typing import Any

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import _, lazy
from clinicweb.family import policy

RELATIONSHIPS = {
    "self": lazy("Titular"),
    "spouse": lazy("Cónyuge"),
    "child": lazy("Hijo o hija"),
    "parent": lazy("Padre o madre"),
}


def relationship_text(code: str, *, is_self: bool) -> str:
    return str(RELATIONSHIPS["self"] if is_self else RELATIONSHIPS.get(code) or _("Familiar"))


def reasons(rules: ClinicRules) -> Mapping[str, Any]:
    phone, age = rules.identity.phone, rules.family.majority_age
    return {
        policy.ADULT: lazy(
            "Ya cumplió %(age)s años: usted puede actuar por esa persona cuando ella autorice a "
            "la clínica. Puede hacerlo en el mesón o en el teléfono %(phone)s.",
            age=age,
            phone=phone,
        ),
        policy.AFFILIATION_ENDED: lazy("Su afiliación terminó."),
    }
