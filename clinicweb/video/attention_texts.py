"""Pure: appointments by video in words, for who waits and for who attends."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import _, counted, lazy, moment
from clinicweb.core.text import noted
from clinicweb.video import attention_policy as policy
from clinicweb.video.attention_policy import Place
from clinicweb.video.attention_rows import Expected, RoomRow

# From then on a doctor who has not called anybody in is late.
_LATE = timedelta(minutes=5)
OUTCOMES = {
    policy.ATTENDED: noted("Se atendió"),
    policy.NOSHOW: noted("No asistió"),
    policy.UNATTENDED: noted("No se pudo atender"),
}


def reasons(_rules: ClinicRules) -> Mapping[str, Any]:
    return {
        policy.IN_PERSON: lazy(
            "Esta atención es presencial: le esperamos en el lugar de la cita, no por video."
        ),
        policy.CANCELLED: lazy(
            "Esta hora se canceló: no habrá videollamada. Puede reservar otra desde el inicio."
        ),
        policy.AFFECTED: lazy(
            "La clínica no podrá atenderle a esta hora. Desde el inicio puede elegir otra."
        ),
        policy.OFF: lazy(
            "La videollamada de esta atención no se hace desde este portal. Comuníquese ahora con "
            "la clínica: le dirán cómo sigue."
        ),
        policy.CONCLUDED: lazy("Esta atención ya terminó."),
        policy.NOT_READY: lazy("Antes falta un paso: lea esta página y siga."),
        policy.NOT_COME: lazy("Todavía no llega a la sala de espera."),
        policy.CAME: lazy("Llegó a la sala de espera: no se puede anotar que no asistió."),
        policy.STILL_AWAITED: lazy("Todavía puede llegar."),
    }


def closed_text(row: RoomRow, refusal: str, opens_before: timedelta) -> str:
    """Why the box is shut, to the patient."""
    if row.outcome == policy.NOSHOW:
        return _("La clínica anotó que nadie llegó a esta atención. Si es un error, llámenos.")
    if row.outcome == policy.UNATTENDED or _was_left_waiting(row):
        return _(
            "No alcanzamos a atenderle, y lo lamentamos. Llame a la clínica: le dirán cómo sigue "
            "su atención."
        )
    return refusal if row.may_enter.reason != policy.EARLY else _early(row, opens_before)


def _was_left_waiting(row: RoomRow) -> bool:
    is_over = row.may_enter.reason == policy.OVER
    return is_over and row.came_at is not None and not row.has_talked


def _early(row: RoomRow, opens_before: timedelta) -> str:
    opens = moment(row.starts_at - opens_before, row.zone)
    is_same_day = opens.day_text == moment(row.starts_at, row.zone).day_text
    return _(
        "Todavía es temprano. Podrá entrar desde las %(when)s.",
        when=opens.hour_text if is_same_day else opens.when_text,
    )


def place_texts(row: RoomRow, place: Place, phone: str, *, now: datetime) -> tuple[str, ...]:
    """Who is before one, and how long it may take: said so that nobody counts on it."""
    hour = moment(row.starts_at, row.zone).hour_text
    return (_ahead_text(place), _delay_text(row, place, hour, now), *_late_text(row, phone, now))


def _ahead_text(place: Place) -> str:
    if place.ahead == 0:
        return _("Usted es la siguiente persona.")
    return counted(
        "Hay %(num)s persona antes que usted.", "Hay %(num)s personas antes que usted.", place.ahead
    )


def _delay_text(row: RoomRow, place: Place, hour: str, now: datetime) -> str:
    if place.ahead and place.delay_minutes:
        about = counted("unos %(num)s minuto", "unos %(num)s minutos", place.delay_minutes)
        return _(
            "Su hora es a las %(hour)s. Calculamos una demora de %(about)s: puede ser menos o más.",
            hour=hour,
            about=about,
        )
    if now < row.starts_at + _LATE:
        return _("Su hora es a las %(hour)s. Por ahora no hay demora.", hour=hour)
    minutes = int((now - row.starts_at).total_seconds() // 60)
    return _(
        "Su hora era a las %(hour)s: hay %(num)s minutos de demora y no sabemos cuánto más.",
        hour=hour,
        num=minutes,
    )


def _late_text(row: RoomRow, phone: str, now: datetime) -> tuple[str, ...]:
    if now < row.starts_at + _LATE or not phone:
        return ()
    return (_("Si no puede seguir esperando, llame al %(phone)s.", phone=phone),)


def state_text(row: Expected, *, now: datetime) -> str:
    """Whether the person is there, to the doctor."""

    def at(instant: datetime | None) -> str:
        return moment(instant or now, row.zone).hour_text

    if row.outcome:
        return _(OUTCOMES[row.outcome])
    if row.call:
        return _("En videollamada con usted")
    if row.came_at is None:
        return _("Todavía no llega")
    if row.is_here:
        return _("Está aquí desde las %(hour)s", hour=at(row.came_at))
    if row.left_at:
        return _(
            "Llegó a las %(came)s y salió a las %(left)s",
            came=at(row.came_at),
            left=at(row.left_at),
        )
    return _(
        "Llegó a las %(came)s; su página no responde desde las %(seen)s",
        came=at(row.came_at),
        seen=at(row.seen_at),
    )
