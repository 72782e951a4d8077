"""The guide's topics about other people: a family, and conversations with who attends."""

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import _
from clinicweb.help.booking_topics import way_to_book
from clinicweb.help.guide import Line, Topic, lines
from clinicweb.help.sections import sections

FAMILY, CHAT = "familia", "conversaciones"


def family(rules: ClinicRules) -> Topic | None:
    if not rules.family.is_on:
        return None
    labels = rules.labels
    return Topic(
        FAMILY,
        _("Citas de la familia"),
        sections(
            access=lines(way_to_book(rules)),
            procedure=lines(
                _("Elija en la lista a la persona de la familia."),
                _(
                    "Verá sus citas próximas; con los filtros, también las "
                    "anteriores y las canceladas."
                ),
                _("Pida, cambie o cancele por ella igual que por usted."),
            ),
            requirements=_family_needs(rules),
            considerations=lines(
                _("Queda anotado quién hizo cada cosa y en nombre de quién."),
                _("Nadie fuera de su cuenta ve los datos de su familia."),
                _(
                    "En «%(history)s» están las atenciones de todas las personas de la lista.",
                    history=_(labels.history),
                ),
            ),
        ),
    )


def _family_needs(rules: ClinicRules) -> tuple[Line, ...]:
    asks_consent = rules.family.adults == "consent"
    return lines(
        _("La persona tiene su afiliación vigente."),
        _(
            "Por quien ya cumplió %(age)s años, sólo si dijo en la clínica que está de acuerdo.",
            age=rules.family.majority_age,
        )
        if asks_consent
        else None,
    )


def chat(rules: ClinicRules) -> Topic | None:
    if not rules.chat.is_on:
        return None
    return Topic(
        CHAT,
        _("Conversaciones"),
        sections(
            access=lines(_("Arriba, en «Conversaciones».")),
            procedure=_chat_steps(rules),
            requirements=lines(_who_begins(rules)),
            considerations=_chat_advice(rules),
        ),
    )


def _chat_steps(rules: ClinicRules) -> tuple[Line, ...]:
    numbers = rules.chat
    return lines(
        _("Abra una conversación, o empiece otra."),
        _("Escriba y envíe: se guarda aunque la otra persona no esté."),
        _(
            "Puede corregir o borrar lo enviado durante %(minutes)s minutos.",
            minutes=numbers.edit_minutes,
        )
        if numbers.edit_minutes
        else None,
        _("Puede adjuntar archivos de hasta %(size)s MB.", size=numbers.file_mb)
        if numbers.file_kinds
        else None,
    )


def _who_begins(rules: ClinicRules) -> str:
    texts = {
        "always": _("Puede escribir a quien atiende en la clínica."),
        "appointment": _("Puede escribir a quien le atiende o le atendió."),
        "clinician": _("Empieza quien le atiende; usted responde."),
    }
    return texts[rules.chat.opens]


def _chat_advice(rules: ClinicRules) -> tuple[Line, ...]:
    numbers = rules.chat
    by_whom = {
        "anybody": _(
            "Una consulta terminada se puede seguir durante %(days)s días.",
            days=numbers.reopen_days,
        ),
        "clinician": _(
            "Una consulta terminada la reabre quien le atiende, durante %(days)s días.",
            days=numbers.reopen_days,
        ),
    }
    return lines(
        _(numbers.hours) if numbers.hours else None,
        _(numbers.emergency) if numbers.emergency else None,
        _("Antes de una videollamada, pruebe su equipo: en su menú, «Probar cámara y micrófono».")
        if rules.video.in_conversations
        else None,
        by_whom.get(numbers.reopens),
    )
