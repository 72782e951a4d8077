"""Changing an hour for another, in words."""

from collections.abc import Mapping
from typing import Any

from clinicweb.booking import policy
from clinicweb.booking.texts import day_in_words, why_it_costs
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import _, counted, lazy


def reasons(rules: ClinicRules) -> Mapping[str, Any]:
    """One text for each code of ``policy.may_move`` and of the act, with the clinic's numbers."""
    phone = rules.identity.phone
    return {
        policy.LATE_MOVE: _late_move(rules.booking.move_notice_minutes, phone),
        policy.MOVE_NOT_ACTIVE: lazy("Esta hora ya pasó o ya fue liberada: no se puede cambiar."),
        policy.NOT_MOVED_ON_THE_WEB: lazy(
            "Esta hora no se cambia por web. Para cambiarla, llame al %(phone)s.", phone=phone
        ),
        policy.MOVED_MEANWHILE: lazy(
            "Su hora cambió mientras usted elegía, quizás en otra ventana. Mire cuál tiene ahora."
        ),
        policy.CHANGE_ENDED: lazy("Esta hora ya se resolvió: este enlace no cambia nada más."),
        policy.MOVE_COST_CHANGED: lazy(
            "Lo que cuesta cambiar la hora cambió mientras usted leía. Léalo de nuevo y confirme."
        ),
    }


def _late_move(minutes: int, phone: str) -> Any:
    if not minutes:
        return lazy(
            "La hora ya comenzó y no se puede cambiar. Si necesita ayuda, llame al %(phone)s.",
            phone=phone,
        )
    return lazy(
        "Se puede cambiar hasta %(minutes)s minutos antes. Si necesita ayuda, llame al %(phone)s.",
        minutes=minutes,
        phone=phone,
    )


def affected_text() -> str:
    """What is read beside an hour that the clinic cannot attend."""
    return _(
        "La clínica cambió su agenda y no podrá atenderle a esta hora. Elija otra, o cancele: nada "
        "de eso cuenta en su contra. Su cita sigue anotada hasta que usted elija o la clínica la "
        "cancele."
    )


def rule_text(rules: ClinicRules, facts: policy.AppointmentFacts) -> str:
    """The clinic's rule about such a change, before it is made."""
    if facts.is_affected:
        return _("La clínica cambió su agenda: elegir otra hora no cuenta como cancelación suya.")
    return f"{_until_when(rules.booking.move_notice_minutes)} {_counts(rules)}"


def _until_when(minutes: int) -> str:
    if not minutes:
        return _("Una hora se puede cambiar hasta que comienza.")
    return _("Una hora se puede cambiar hasta %(minutes)s minutos antes.", minutes=minutes)


def _counts(rules: ClinicRules) -> str:
    counts, numbers = rules.booking.move_counts_as_cancellation, rules.booking.sanctions
    if counts == "always" and numbers.days:
        return _("Cambiarla cuenta como una cancelación.")
    if counts == "never" or not numbers.days or not numbers.late_hours:
        return _("Cambiarla no cuenta como cancelación.")
    return counted(
        "Cambiarla sólo cuenta como cancelación cuando falta %(num)s hora o menos.",
        "Cambiarla sólo cuenta como cancelación cuando faltan %(num)s horas o menos.",
        numbers.late_hours,
    )


def cost_text(rules: ClinicRules, found: policy.Consequence | None) -> str | None:
    """What somebody reads before the button that costs them a month (S3-38)."""
    if found is None:
        return None
    return _(
        "Si cambia ahora esta hora tendrá la nueva, pero no podrá reservar por web hasta el "
        "%(until)s. %(why)s",
        until=day_in_words(rules, found.until),
        why=why_it_costs(rules.booking.sanctions, found.reason),
    )
