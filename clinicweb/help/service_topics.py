"""The guide's topics about what a clinic gives besides hours: documents, calls, answers."""

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import _, counted
from clinicweb.help.guide import Line, Topic, lines
from clinicweb.help.sections import sections

PRESCRIPTIONS, LEAVES = "recetas", "incapacidades"
CALLS, CONTACT = "videollamadas", "contacto"


def prescriptions(rules: ClinicRules) -> Topic | None:
    if not rules.documents.prescriptions:
        return None
    labels = rules.labels
    return Topic(
        PRESCRIPTIONS,
        _(labels.prescriptions_menu),
        sections(
            access=lines(_way_to(rules, rules.labels.prescriptions_menu)),
            procedure=lines(
                _("Pulse «%(see)s» en la fila de la persona.", see=_(labels.see_prescriptions))
                if rules.family.is_on
                else None,
                _(
                    "Pulse «%(see)s» en la receta: verá cada uno y cómo se toma.",
                    see=_(labels.see_medications),
                ),
                _("Con «Imprimir» se abre aparte, para imprimirla o guardarla."),
            ),
            requirements=lines(_("Que la clínica la haya indicado y registrado.")),
            considerations=lines(
                _(
                    "Este listado es únicamente para consulta y no reemplaza ningún "
                    "documento oficial."
                ),
                _("Si algo no calza con lo que le dijeron, pregunte antes de tomarlo."),
            ),
        ),
    )


def _way_to(rules: ClinicRules, option: str) -> str:
    labels = rules.labels
    if rules.family.is_on:
        return _(
            "En «%(menu)s», «%(option)s».",
            menu=_(labels.services_menu),
            option=_(option),
        )
    return _(
        "En «%(history)s», «%(option)s».",
        history=_(labels.history),
        option=_(option),
    )


def sick_leaves(rules: ClinicRules) -> Topic | None:
    if not rules.documents.sick_leaves:
        return None
    return Topic(
        LEAVES,
        _(rules.labels.sick_leaves_menu),
        sections(
            access=lines(_way_to(rules, rules.labels.sick_leaves_menu)),
            procedure=lines(
                _("Busque la que necesita por su fecha."),
                _("Con «Imprimir» se abre aparte, para imprimirla o guardarla."),
            ),
            requirements=lines(_("Que esté autorizada y tenga su sello digital.")),
            considerations=lines(
                counted(
                    "Están las del último mes.",
                    "Están las de los últimos %(num)s meses.",
                    rules.documents.sick_leave_months,
                ),
                _("Las anteriores se piden en la clínica."),
                _("Guarde el archivo como está: si se cambia, el sello deja de valer."),
            ),
        ),
    )


def calls(rules: ClinicRules) -> Topic | None:
    video = rules.video
    is_in_talks = rules.chat.is_on and video.in_conversations
    if not video.in_appointments and not is_in_talks:
        return None
    return Topic(
        CALLS,
        _("Videollamadas"),
        sections(
            access=lines(
                _("En su cita por video, pulse «%(join)s».", join=_(rules.labels.join))
                if video.in_appointments
                else None,
                _("En una conversación, conteste cuando le llamen.") if is_in_talks else None,
            ),
            procedure=_calling_steps(),
            requirements=lines(
                _("Un navegador al día, con permiso para el micrófono y la cámara."),
                _(
                    "Puede entrar desde %(minutes)s minutos antes.",
                    minutes=video.opens_minutes_before,
                )
                if video.in_appointments
                else None,
            ),
            considerations=_calling_advice(rules),
        ),
    )


def _calling_steps() -> tuple[Line, ...]:
    return lines(
        _("Antes, en su menú, use «Probar cámara y micrófono»."),
        _("Entre y permita el micrófono y la cámara cuando el navegador lo pregunte."),
        _("Si no se ve o no se oye: cierre la ventana y entre otra vez."),
        _("Si sigue igual, siga por mensajes o por teléfono, y pulse «Informar a la clínica»."),
    )


def _calling_advice(rules: ClinicRules) -> tuple[Line, ...]:
    return lines(
        counted(
            "Una videollamada dura a lo más %(num)s minuto.",
            "Una videollamada dura a lo más %(num)s minutos.",
            rules.video.max_minutes,
        ),
        _("Con poca señal se apaga la imagen y sigue la voz."),
        _("La clínica ve en su aviso lo que midió la página y le responde en el portal."),
    )


def contact(rules: ClinicRules) -> Topic | None:
    if not rules.contact.is_on:
        return None
    return Topic(
        CONTACT,
        _(rules.labels.contact),
        sections(
            access=lines(
                _("Arriba, en «%(contact)s», con o sin su cuenta.", contact=_(rules.labels.contact))
            ),
            procedure=_writing_steps(rules),
            requirements=lines(
                _("Un correo que pueda leer."),
                _(
                    "El mensaje tiene a lo más %(count)s letras.",
                    count=rules.contact.longest_message,
                ),
            ),
            considerations=_writing_advice(rules),
        ),
    )


def _writing_steps(rules: ClinicRules) -> tuple[Line, ...]:
    return lines(
        _("Elija el tipo de mensaje: según él, lo lee quien puede responderle."),
        _("Elija sobre quién de su familia escribe.") if rules.family.is_on else None,
        _("Revise el correo y escriba su mensaje."),
        _("Lea y acepte los avisos.") if rules.contact.notices.version else None,
        _("Pulse «%(send)s» y anote el número.", send=_(rules.labels.send_contact)),
    )


def _writing_advice(rules: ClinicRules) -> tuple[Line, ...]:
    return lines(
        _("No sirve para urgencias."),
        _("La respuesta está en «Mis mensajes a la clínica»; el correo sólo le avisa."),
        _("Si escribe sin su cuenta, la respuesta va en el correo."),
        counted(
            "Con su cuenta puede enviar %(num)s mensaje al día.",
            "Con su cuenta puede enviar %(num)s mensajes al día.",
            rules.contact.messages_per_account_day,
        ),
    )
