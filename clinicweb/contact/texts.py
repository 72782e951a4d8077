"""Messages to the clinic in words."""

from clinicweb.clinic.rules import ClinicRules
from clinicweb.contact import policy
from clinicweb.core.i18n import _, lazy

REASONS = {
    policy.CLOSED: lazy("Este mensaje está cerrado. Para responder, reábralo."),
    policy.ANSWERED: lazy(
        "Otra persona respondió mientras usted escribía. Lea su respuesta;"
        " si todavía hace falta, envíe la suya."
    ),
    policy.FORM_USED: lazy(
        "Este formulario ya se envió desde otra sesión. Recargue la página y escriba de nuevo."
    ),
}


def kind_text(rules: ClinicRules, code: str) -> str:
    """What a type is called; one that the clinic no longer has, by its code."""
    known = rules.contact.type_of(code)
    if known is not None:
        return _(known.name)
    return _("Soporte") if code == policy.SUPPORT else code


def kinds_in_use(rules: ClinicRules) -> list[tuple[str, str]]:
    """(code, name) of each type that a message can have; that of calls last."""
    codes = [found.code for found in rules.contact.types]
    codes += [] if policy.SUPPORT in codes else [policy.SUPPORT]
    return [(code, kind_text(rules, code)) for code in codes]
