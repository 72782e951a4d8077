"""Booking in words: reasons, and the lines of cards."""

from collections.abc import Mapping
from typing import Any

from clinicweb.booking import policy
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import _, lazy

STATUSES = {
    "booked": lazy("Reservada"),
    "cancelled": lazy("Liberada"),
}


def reasons(rules: ClinicRules) -> Mapping[str, Any]:
    """One text for each code of ``booking.policy``, with the clinic's own numbers."""
    booking, phone = rules.booking, rules.identity.phone
    return {
        policy.SLOT_TAKEN: lazy("Otra persona tomó esa hora mientras usted elegía."),
        policy.PATIENT_BUSY: lazy("Usted ya tiene otra hora reservada a esa misma hora."),
        policy.TOO_LATE_TO_BOOK: lazy("Esa hora ya no se puede reservar: está por comenzar."),
        policy.LATE_RELEASE: _late_release(booking.release_notice_minutes, phone),
        policy.RELEASE_NOT_ACTIVE: lazy("Esta hora ya pasó o ya fue liberada."),
    }


def _late_release(minutes: int, phone: str) -> Any:
    if not minutes:
        return lazy(
            "La hora ya comenzó y no se puede liberar. Si necesita ayuda, llame al %(phone)s.",
            phone=phone,
        )
    return lazy(
        "Se puede liberar hasta %(minutes)s minutos antes. Si no puede asistir, "
        "llame al %(phone)s.",
        minutes=minutes,
        phone=phone,
    )


def modality_text(modality: str) -> str:
    return _("Teleconsulta") if modality == "virtual" else _("Presencial")


def status_text(status: str) -> str:
    return str(STATUSES.get(status, status))
