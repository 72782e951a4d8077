"""Booking in words: reasons, and the lines of cards."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from clinicweb.booking import policy
from clinicweb.booking.sanctions import SanctionRow
from clinicweb.clinic.booking_rules import Booking
from clinicweb.clinic.labels import Labels
from clinicweb.clinic.rules import ClinicRules
from clinicweb.clinic.sanction_rules import Sanctions
from clinicweb.core import clock
from clinicweb.core.i18n import _, counted, day_text, lazy, moment
from clinicweb.core.text import noted
from clinicweb.web.errors import reason_text


def reasons(rules: ClinicRules) -> Mapping[str, Any]:
    """
    One text for each code of ``booking.policy``, with the clinic's own numbers; that of
    ``book.barred`` is made of *until* (a date) and *why*.
    """
    booking, phone = rules.booking, rules.identity.phone
    return {
        policy.BARRED: partial(_barred, rules),
        policy.WEB_QUOTA_TAKEN: lambda: f"{NO_WEB_HOURS}. {_other_channels(phone)}",
        policy.TOO_MANY_AHEAD: _too_many_ahead(booking, phone),
        policy.CONSEQUENCE_CHANGED: lazy(
            "Lo que cuesta cancelar cambió mientras usted leía. Léalo de nuevo y confirme."
        ),
        policy.SLOT_TAKEN: lazy("Otra persona tomó esa hora mientras usted elegía."),
        policy.SLOT_OFFERED: lazy(
            "Esa hora se está ofreciendo a quien la esperaba. Si no la toma, volverá a quedar "
            "libre: elija otra, o pruebe de nuevo en un rato."
        ),
        policy.ONE_OF_SEVERAL: lazy("Una de las horas ya no se puede reservar."),
        policy.PATIENT_BUSY: lazy("Usted ya tiene otra hora reservada a esa misma hora."),
        policy.TOO_LATE_TO_BOOK: lazy("Esa hora ya no se puede reservar: está por comenzar."),
        policy.LATE_RELEASE: _late_release(booking.release_notice_minutes, phone),
        policy.RELEASE_NOT_ACTIVE: lazy("Esta hora ya pasó o ya fue liberada."),
        policy.JOIN_EARLY: lambda when: _("Podrá entrar desde las %(when)s.", when=when),
        policy.JOIN_OVER: lazy("Esta atención ya terminó."),
    }


# S3-83, to the letter.
NO_WEB_HOURS = lazy("No existen citas disponibles por web para éste médico")


def _other_channels(phone: str) -> Any:
    """S3-84, S3-85."""
    if not phone:
        return lazy(
            "Ya se tomó todo el cupo que internet tiene en esta agenda. La agenda puede tener "
            "más horas: el resto es para quienes reservan por otros medios."
        )
    return lazy(
        "Ya se tomó todo el cupo que internet tiene en esta agenda. La agenda puede tener "
        "más horas: el resto se reserva por otros medios, como el teléfono %(phone)s.",
        phone=phone,
    )


def quota_text(rules: ClinicRules) -> str:
    """S3-84, S3-85: why the web has no hours though the doctor may."""
    return str(_other_channels(rules.identity.phone))


def _too_many_ahead(booking: Booking, phone: str) -> Any:
    return lazy(
        "Ya tiene %(count)s citas próximas de este servicio, que es lo más que se puede tener "
        "a la vez. Cancele una para reservar otra, o llame al %(phone)s.",
        count=booking.max_ahead_per_service,
        phone=phone,
    )


def _barred(rules: ClinicRules, *, until: date, why: str) -> str:
    numbers = rules.booking.sanctions
    return _(
        "%(why)s No puede reservar por web hasta el %(until)s: la sanción es de %(days)s días. "
        "Mientras tanto puede ver y cancelar sus citas aquí, y pedir otra en el teléfono "
        "%(phone)s.",
        why=_why_barred(numbers, why),
        until=day_in_words(rules, until),
        days=numbers.days,
        phone=rules.identity.phone,
    )


def _why_barred(numbers: Sanctions, why: str) -> str:
    if why == policy.LATE_CANCELLATION:
        return counted(
            "Canceló una cita cuando faltaba %(num)s hora o menos.",
            "Canceló una cita cuando faltaban %(num)s horas o menos.",
            numbers.late_hours,
        )
    if why == policy.LATE_CHANGE:
        return counted(
            "Cambió una cita cuando faltaba %(num)s hora o menos.",
            "Cambió una cita cuando faltaban %(num)s horas o menos.",
            numbers.late_hours,
        )
    return _(
        "Canceló %(count)s citas en %(days)s días.",
        count=numbers.most_cancellations,
        days=numbers.window_days,
    )


def barred_text(sanction: SanctionRow | None) -> str | None:
    """What somebody under a sanction reads instead of the way to book."""
    if sanction is None:
        return None
    return reason_text(policy.BARRED, until=sanction.until, why=sanction.reason)


def consequence_text(rules: ClinicRules, found: policy.Consequence | None) -> str | None:
    """What somebody reads before the button that costs them a month (S3-38)."""
    if found is None:
        return None
    numbers = rules.booking.sanctions
    return _(
        "Si cancela ahora no podrá reservar por web hasta el %(until)s. %(why)s",
        until=day_in_words(rules, found.until),
        why=why_it_costs(numbers, found.reason),
    )


def why_it_costs(numbers: Sanctions, reason: str) -> str:
    if reason in (policy.LATE_CANCELLATION, policy.LATE_CHANGE):
        return counted(
            "Falta %(num)s hora o menos para la cita.",
            "Faltan %(num)s horas o menos para la cita.",
            numbers.late_hours,
        )
    return _(
        "Sería la cancelación número %(count)s de su cuenta, o más, en los últimos %(days)s días.",
        count=numbers.most_cancellations,
        days=numbers.window_days,
    )


def day_in_words(rules: ClinicRules, day: date) -> str:
    return day_text(day, today=clock.local_day(clock.now(), rules.identity.timezone))


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


def hold_text(held_until: datetime | None, zone: str) -> str:
    if held_until is None or held_until <= clock.now():
        return _("Esta hora sigue libre, pero ya no la guardamos para usted: confirme pronto.")
    until = moment(held_until, zone).hour_text
    return _("Guardamos esta hora hasta las %(until)s.", until=until)


def modality_text(modality: str) -> str:
    return _("Teleconsulta") if modality == "virtual" else _("Presencial")


def status_text(status: str, labels: Labels) -> str:
    if status == "cancelled":
        return _(labels.released_status)
    return _(STATUSES.get(status, status))


STATUSES = {
    "booked": noted("Reservada"),
    "confirmed": noted("Confirmada"),
    "arrived": noted("Llegó"),
    "checked-in": noted("En espera"),
    "fulfilled": noted("Atendida"),
    "noshow": noted("No asistió"),
}
