"""Pure: calls in words: reasons, the lines that they leave in a conversation."""

from collections.abc import Mapping
from typing import Any

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import _, counted, lazy
from clinicweb.video import policy


def reasons(rules: ClinicRules) -> Mapping[str, Any]:
    phone = rules.identity.phone
    return {
        policy.OFF: lazy("Desde las conversaciones de este portal no se hacen videollamadas."),
        policy.NOT_CLINICIAN: lazy("La videollamada la inicia quien atiende."),
        policy.NOT_WITH_PATIENT: lazy("La videollamada es sólo para conversaciones con pacientes."),
        policy.CONSULTATION_ENDED: lazy(
            "La consulta terminó. Vuelva a abrirla para iniciar una videollamada."
        ),
        policy.NOBODY_THERE: lazy(
            "El paciente no tiene una cuenta abierta en el portal. Llámelo por teléfono."
        ),
        policy.BUSY_SELF: lazy("Usted está en otra videollamada. Cuélguela antes de iniciar una."),
        policy.BUSY_OTHER: lazy(
            "El paciente está en otra videollamada. Escríbale por el chat o intente más tarde."
        ),
        policy.NOT_CALLED: lazy("Usted inició esta videollamada: espere a que contesten."),
        policy.IS_ANSWERED: lazy("La videollamada ya se contestó en otro dispositivo."),
        policy.IS_OVER[policy.ENDED]: lazy("La videollamada terminó. Puede seguir por el chat."),
        policy.IS_OVER[policy.DECLINED]: lazy(
            "La videollamada se rechazó. Puede seguir por el chat."
        ),
        policy.IS_OVER[policy.CANCELLED]: lazy(
            "Quien llamaba canceló la videollamada. Puede seguir por el chat."
        ),
        policy.IS_OVER[policy.MISSED]: lazy(
            "La videollamada dejó de sonar. Puede seguir por el chat o llamar al %(phone)s.",
            phone=phone,
        ),
        policy.ELSEWHERE: lazy("La videollamada está abierta en otra ventana o dispositivo."),
    }


def minutes_text(minutes: int) -> str:
    return counted("%(num)s minuto", "%(num)s minutos", minutes)


def length_text(seconds: int) -> str:
    """How long it was; less than a minute is said in seconds."""
    if seconds < 60:
        return counted("%(num)s segundo", "%(num)s segundos", seconds)
    return minutes_text(seconds // 60)


def _ringing(detail: Mapping[str, str]) -> str:
    return _("%(name)s inició una videollamada.", name=detail.get("name", ""))


def _ended(detail: Mapping[str, str]) -> str:
    length = length_text(int(detail.get("seconds", "0")))
    if "cut" in detail:
        return _("La videollamada llegó a su límite. Duró %(length)s.", length=length)
    return _("La videollamada terminó. Duró %(length)s.", length=length)


def _declined(detail: Mapping[str, str]) -> str:
    name, reason = detail.get("name", ""), detail.get("reason", "")
    if reason:
        return _("%(name)s no tomó la videollamada: «%(reason)s»", name=name, reason=reason)
    return _("%(name)s no tomó la videollamada.", name=name)


def _cancelled(detail: Mapping[str, str]) -> str:
    return _("%(name)s canceló la videollamada.", name=detail.get("name", ""))


def _missed(detail: Mapping[str, str]) -> str:
    return _("%(name)s no contestó la videollamada.", name=detail.get("name", ""))


LINES = {
    "call.ringing": _ringing,
    "call.ended": _ended,
    "call.declined": _declined,
    "call.cancelled": _cancelled,
    "call.missed": _missed,
}
