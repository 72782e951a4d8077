"""Lines of the journal in words.  Pure."""

from clinicweb.core.i18n import _, lazy
from clinicweb.core.viewer import ADMIN, FRONT_DESK, PATIENT, PRACTITIONER
from clinicweb.mydata import policy
from clinicweb.mydata.queries import AccessRow

ACTIONS = {
    "appointment.affect": lazy("Anotó que el profesional ya no atiende a la hora de una cita"),
    "appointment.book": lazy("Reservó una cita"),
    "appointment.confirm": lazy("Confirmó que asistirá a una cita"),
    "appointment.import": lazy("Trajo una cita desde el sistema de la clínica"),
    "appointment.move": lazy("Cambió una cita de hora"),
    "appointment.release": lazy("Liberó una cita"),
    "appointment.remind": lazy("Envió un recordatorio de una cita"),
    "appointment.restore": lazy("Repuso una cita"),
    "attention.admit": lazy("Hizo pasar a la atención por video"),
    "attention.arrive": lazy("Entró a la sala de espera de una atención por video"),
    "attention.conclude": lazy("Cerró una atención por video y anotó su resultado"),
    "attention.leave": lazy("Salió de la sala de espera de una atención por video"),
    "attention.name": lazy("Indicó el nombre con que entra a una atención por video"),
    "attention.read": lazy("Vio lo anotado en una atención por video"),
    "call.answer": lazy("Contestó una videollamada"),
    "call.notify": lazy("Avisó de una videollamada fuera del portal"),
    "call.report": lazy("Informó de una falla en una videollamada"),
    "call.start": lazy("Inició una videollamada"),
    "contact.answer": lazy("Respondió un mensaje de contacto"),
    "contact.close": lazy("Cerró un mensaje de contacto"),
    "contact.read": lazy("Leyó un mensaje de contacto"),
    "contact.reopen": lazy("Reabrió un mensaje de contacto"),
    "contact.write": lazy("Envió un mensaje de contacto"),
    "conversation.end": lazy("Terminó una conversación"),
    "conversation.join": lazy("Agregó a alguien a una conversación"),
    "conversation.leave": lazy("Salió de una conversación"),
    "conversation.notify": lazy("Avisó de mensajes sin leer"),
    "conversation.open": lazy("Abrió una conversación"),
    "conversation.read": lazy("Leyó una conversación"),
    "conversation.remove": lazy("Quitó a alguien de una conversación"),
    "conversation.reopen": lazy("Reabrió una conversación"),
    "conversation.transfer": lazy("Traspasó una conversación a otro profesional"),
    "file.read": lazy("Descargó un archivo de una conversación"),
    "family.consent": lazy("Anotó la autorización para que otra persona actúe en su nombre"),
    "family.revoke": lazy("Retiró la autorización para que otra persona actúe en su nombre"),
    "message.delete": lazy("Borró un mensaje"),
    "message.edit": lazy("Corrigió un mensaje"),
    "message.post": lazy("Escribió un mensaje"),
    "offer.decline": lazy("Rechazó una hora ofrecida"),
    "offer.end": lazy("Dio por terminado el ofrecimiento de una hora"),
    "offer.lapse": lazy("Dejó vencer el ofrecimiento de una hora"),
    "offer.make": lazy("Ofreció una hora de la lista de espera"),
    "offer.postpone": lazy("Postergó el ofrecimiento de una hora"),
    "offer.take": lazy("Aceptó una hora ofrecida"),
    "patient.import": lazy("Trajo la ficha desde el sistema de la clínica"),
    "prescription.import": lazy("Trajo una receta desde el sistema de la clínica"),
    "prescription.read": lazy("Vio los medicamentos de una receta"),
    "prescription_pdf.read": lazy("Imprimió una receta"),
    "prescriptions.read": lazy("Vio la lista de recetas"),
    "prescriptions_pdf.read": lazy("Imprimió la lista de recetas"),
    "sanction.lift": lazy("Levantó una sanción que impedía reservar"),
    "sanction.make": lazy("Suspendió las reservas por web"),
    "sick_leave.import": lazy("Trajo una licencia médica desde el sistema de la clínica"),
    "sick_leave.revoke": lazy("Anuló el sello de una licencia médica"),
    "sick_leave.seal": lazy("Selló una licencia médica"),
    "sick_leave_pdf.read": lazy("Imprimió una licencia médica"),
    "sick_leaves.read": lazy("Vio la lista de licencias médicas"),
    "telecare.consent": lazy("Aceptó el consentimiento de teleconsulta"),
    "waiting.start": lazy("Se anotó en la lista de espera"),
    "waiting.stop": lazy("Salió de la lista de espera"),
    "session.start": lazy("Inició sesión"),
    "session.end": lazy("Cerró una sesión"),
    "session.confirm": lazy("Confirmó su identidad"),
    "password.change": lazy("Cambió la clave"),
    "email.change": lazy("Cambió el correo"),
    "phone.change": lazy("Cambió el teléfono"),
}
_OF_KIND = {
    policy.READ: lazy("Vio datos"),
    policy.CHANGE: lazy("Hizo un cambio en los datos"),
    policy.ACCOUNT: lazy("Hizo un cambio en la cuenta"),
}
_KINDS = {
    policy.READ: lazy("Lecturas"),
    policy.CHANGE: lazy("Cambios"),
    policy.ACCOUNT: lazy("Su cuenta"),
}
_ROLES = {
    PRACTITIONER: lazy("Profesional"),
    FRONT_DESK: lazy("Mesón"),
    ADMIN: lazy("Administración"),
    PATIENT: lazy("Persona de la familia"),
}


def action_text(action: str) -> str:
    return str(ACTIONS.get(action) or _OF_KIND[policy.kind_of(action)])


def kind_text(kind: str) -> str:
    return str(_KINDS[kind])


def actor_text(row: AccessRow) -> str:
    if row.is_own:
        return _("Usted")
    if row.roles:
        return row.actor_name
    return _("Su cuenta") if _is_of_account(row) else _("La clínica")


def _is_of_account(row: AccessRow) -> bool:
    """Who signs in is nobody yet to the portal: it knows the account alone."""
    return policy.kind_of(row.action) == policy.ACCOUNT


def role_text(row: AccessRow) -> str:
    """Empty for the reader themselves and for an account: they need no word."""
    if row.is_own or (not row.roles and _is_of_account(row)):
        return ""
    found = next((text for role, text in _ROLES.items() if role in row.roles), None)
    return str(found) if found else _("El portal, por sí mismo")
