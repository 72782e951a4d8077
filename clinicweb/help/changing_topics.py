"""The guide's topics about an hour that changes: moved, given back, or waited for."""

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import _
from clinicweb.help.guide import Line, Topic, lines
from clinicweb.help.sections import sections

CANCELLING, WAITING = "cancelar", "espera"


def cancelling(rules: ClinicRules) -> Topic:
    labels = rules.labels
    words = {"release": _(labels.release), "move": _(labels.move)}
    return Topic(
        CANCELLING,
        _("Cambiar o cancelar una hora"),
        sections(
            access=lines(
                _("Cada una de sus próximas horas tiene «%(release)s» y «%(move)s».", **words)
            ),
            procedure=lines(
                _(
                    "Pulse «%(release)s»: verá los datos de la hora y si tiene una consecuencia.",
                    **words,
                ),
                _("Confirme. No es reversible: si la quiere de nuevo, tendrá que reservar otra."),
                _(
                    "Para otra hora use «%(move)s»: la que tiene se mantiene hasta "
                    "que confirme la nueva.",
                    **words,
                ),
            ),
            requirements=_cancelling_needs(rules),
            considerations=_cancelling_advice(rules),
        ),
    )


def _cancelling_needs(rules: ClinicRules) -> tuple[Line, ...]:
    minutes = rules.booking.release_notice_minutes
    until_then = _("Se puede cancelar hasta que la hora comienza.")
    with_notice = _(
        "Se puede cancelar hasta %(minutes)s minutos antes; con menos, la opción ya no aparece.",
        minutes=minutes,
    )
    moving = rules.booking.move_notice_minutes
    return lines(
        with_notice if minutes else until_then,
        _("Se puede cambiar hasta %(minutes)s minutos antes.", minutes=moving) if moving else None,
    )


def _cancelling_advice(rules: ClinicRules) -> tuple[Line, ...]:
    numbers = rules.booking.sanctions
    return lines(
        _("La hora que no usa le sirve a otra persona: avise cuanto antes."),
        _(
            "Si cancela cuando faltan %(hours)s horas o menos, no podrá reservar "
            "por web por %(days)s días.",
            hours=numbers.late_hours,
            days=numbers.days,
        )
        if numbers.days and numbers.late_hours
        else None,
        _(
            "Lo mismo si cancela %(count)s citas en un plazo de %(window)s días.",
            count=numbers.most_cancellations,
            window=numbers.window_days,
        )
        if numbers.days and numbers.most_cancellations
        else None,
        _(
            "Lo que cancela la clínica no cuenta. Si cambia su agenda, le avisamos "
            "con otras horas para elegir."
        ),
    )


def waiting(rules: ClinicRules) -> Topic | None:
    numbers = rules.waiting
    if not numbers.most_per_person:
        return None
    return Topic(
        WAITING,
        _("Lista de espera"),
        sections(
            access=lines(_("Donde se eligen horas, pulse «Avisarme si se libera antes».")),
            procedure=lines(
                _("Diga qué días y a qué horas puede, y pida el aviso."),
                _(
                    "Cuando se libera una hora así, le escribimos: tiene "
                    "%(minutes)s minutos para tomarla con un botón.",
                    minutes=numbers.offer_minutes,
                ),
                _("Si no responde, se ofrece a quien sigue."),
            ),
            requirements=lines(
                _(
                    "Puede esperar hasta por %(count)s horas a la vez.",
                    count=numbers.most_per_person,
                )
            ),
            considerations=lines(
                _(
                    "Entre las %(start)s y las %(end)s no avisamos.",
                    start=f"{numbers.quiet_from:%H:%M}",
                    end=f"{numbers.quiet_to:%H:%M}",
                ),
                _("Al tomarla puede dejar, si quiere, la hora más tardía que ya tenía."),
            ),
        ),
    )
