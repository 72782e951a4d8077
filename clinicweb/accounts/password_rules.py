"""The clinic's rules for passwords, with the list of what everybody tries first."""

from functools import cache

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from clinicweb.accounts import policy
from clinicweb.accounts.passwords import canonical
from clinicweb.accounts.policy import PasswordRules
from clinicweb.clinic.rules import Passwords
from clinicweb.core.i18n import _

# The library's list is English; these are what Spanish speakers try first.
_SPANISH = frozenset((
    "contraseña", "contrasena", "contraseña1", "contraseña123", "clave123", "clave1234",
    "micontraseña", "miclave123", "bienvenido", "bienvenida", "teamo123", "tequiero1",
    "mariposa", "estrella", "princesa", "futbol123", "barcelona", "realmadrid", "colocolo",
    "universidad", "chile123", "mexico123", "colombia123", "argentina", "america123",
    "salud123", "clinica123", "clínica123", "hospital1", "paciente", "paciente1", "doctor123",
))  # fmt: skip


@cache
def _common() -> frozenset[str]:
    return frozenset((*FREQUENCY_LISTS["passwords"], *_SPANISH))


def password_rules(passwords: Passwords) -> PasswordRules:
    return PasswordRules(
        shortest=passwords.shortest,
        is_strict=passwords.policy == "strict",
        common=_common(),
    )


def problems_of(rules: PasswordRules, password: str) -> list[str]:
    """What *password* lacks, in words."""
    return [rule_text(rules, code) for code in policy.password_problems(rules, canonical(password))]


def ticked(rules: PasswordRules, password: str) -> tuple[tuple[str, bool], ...]:
    """Each rule in words, and whether *password* keeps it; nothing typed keeps none."""
    lacking = policy.password_problems(rules, canonical(password))
    return tuple(
        (rule_text(rules, code), bool(password) and code not in lacking)
        for code in policy.asked_of_passwords(rules)
    )


def rule_text(rules: PasswordRules, code: str) -> str:
    """What a code of ``policy.asked_of_passwords`` asks, as one line of a list."""
    texts = {
        policy.TOO_SHORT: _("Al menos %(count)s caracteres", count=rules.shortest),
        policy.TOO_LONG: _("A lo más %(count)s caracteres", count=policy.LONGEST_PASSWORD),
        policy.NO_UPPER: _("Una letra mayúscula"),
        policy.NO_LOWER: _("Una letra minúscula"),
        policy.NO_DIGIT: _("Un número"),
        policy.TOO_COMMON: _("Ser distinta de las más usadas"),
    }
    return texts[code]
