"""The guide's topic about booking an hour."""

from clinicweb.booking import policy
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import _, counted
from clinicweb.help.guide import Line, Topic, lines, step
from clinicweb.help.sections import sections
from clinicweb.help.step_texts import step_texts
from clinicweb.web.errors import reason_text

BOOKING = "reservar"


def booking(rules: ClinicRules) -> Topic:
    return Topic(
        BOOKING,
        _("Reservar una hora"),
        sections(
            access=lines(way_to_book(rules)),
            procedure=_booking_steps(rules),
            requirements=_booking_needs(rules),
            considerations=_booking_advice(rules),
        ),
    )


def way_to_book(rules: ClinicRules) -> str:
    labels = rules.labels
    if rules.family.is_on:
        return _(
            "En «%(menu)s», «%(option)s», pulse «%(see)s» en la fila de la "
            "persona y luego «%(ask)s».",
            menu=_(labels.services_menu),
            option=_(labels.appointments_menu),
            see=_(labels.see_appointments),
            ask=_(labels.ask_appointment),
        )
    if labels.appointments_module:
        return _(
            "En el inicio, en «%(module)s», pulse «%(button)s».",
            module=_(labels.appointments_module),
            button=_(labels.new_appointment),
        )
    return _("En el inicio, pulse «%(button)s».", button=_(labels.new_appointment))


def _booking_steps(rules: ClinicRules) -> tuple[Line, ...]:
    texts = step_texts(rules)
    return tuple(
        step(key, text) for name in rules.booking.steps for key, text in texts[name].items()
    )


def _booking_needs(rules: ClinicRules) -> tuple[Line, ...]:
    numbers = rules.booking
    return lines(
        _("Entrar con su cuenta."),
        _("Se ven horas de los próximos %(days)s días.", days=numbers.horizon_days),
        _("Se reserva hasta %(minutes)s minutos antes.", minutes=numbers.book_notice_minutes)
        if numbers.book_notice_minutes
        else None,
        _(
            "Puede tener hasta %(count)s citas próximas de un mismo servicio.",
            count=numbers.max_ahead_per_service,
        )
        if numbers.max_ahead_per_service
        else None,
        _("Nadie puede tener dos horas al mismo tiempo."),
    )


def _booking_advice(rules: ClinicRules) -> tuple[Line, ...]:
    hours_before = sorted(rules.reminders.hours_before, reverse=True)
    return lines(
        _(
            "La hora que elige se guarda %(minutes)s minutos mientras usted revisa.",
            minutes=rules.booking.hold_minutes,
        ),
        _(
            "Está reservada cuando aparece entre sus próximas citas. La confirmación "
            "va a su correo, con un archivo para su calendario."
        ),
        *(
            counted(
                "Le recordamos la hora %(num)s hora antes.",
                "Le recordamos la hora %(num)s horas antes.",
                hours,
            )
            for hours in hours_before
        ),
        _(
            "Si la atención es por video, podrá entrar desde %(minutes)s minutos antes.",
            minutes=rules.video.opens_minutes_before,
        ),
        reason_text(policy.WEB_QUOTA_TAKEN),
    )
