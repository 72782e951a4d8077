"""The sheet of a sick leave as it is sealed: in the clinic's own language, whoever reads it."""

from dataclasses import dataclass
from datetime import date

from flask import current_app
from flask_babel import force_locale

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import documents
from clinicweb.core.i18n import _, date_text
from clinicweb.core.qr import drawing_of
from clinicweb.documents.codes import shown_code
from clinicweb.documents.leave_cards import days_text, period_text
from clinicweb.documents.models import SickLeave


@dataclass(frozen=True, slots=True)
class LeaveFacts:
    """All that a certificate says, as it was when it was read."""

    id: int
    code: str
    patient_name: str
    document_text: str
    author_name: str
    kind: str
    issued_on: date
    starts_on: date
    ends_on: date
    note: str


def facts_of(leave: SickLeave) -> LeaveFacts:
    patient = leave.patient
    kind, number = patient.document_type, patient.document_number
    return LeaveFacts(
        id=leave.id,
        code=leave.code,
        patient_name=patient.full_name,
        document_text=documents.display(kind, number) if kind and number else "",
        author_name=leave.author.full_name if leave.author else "",
        kind=leave.kind,
        issued_on=leave.issued_on,
        starts_on=leave.starts_on,
        ends_on=leave.ends_on,
        note=leave.note or "",
    )


@dataclass(frozen=True, slots=True)
class SealText:
    """What the sheet says of its own seal; *verify_url* is where anybody may check it."""

    code: str
    day: date
    expires_on: date
    verify_url: str


def html_of(rules: ClinicRules, facts: LeaveFacts, seal: SealText) -> str:
    """Needs an application; no request."""
    language = rules.identity.default_language
    template = current_app.jinja_env.get_template("pdf/sick_leave.html")
    with force_locale(language):
        return template.render(
            lang=language,
            clinic_name=rules.identity.name,
            clinic_phone=rules.identity.phone,
            title=_(rules.labels.sick_leave),
            lines=_lines(rules, facts),
            note_lines=facts.note.splitlines(),
            code=shown_code(seal.code),
            verify_url=seal.verify_url,
            qr=drawing_of(f"{seal.verify_url}?codigo={seal.code}"),
            day_text=date_text(seal.day),
            expires_text=date_text(seal.expires_on),
        )


def _lines(rules: ClinicRules, facts: LeaveFacts) -> list[tuple[str, str]]:
    lines = [
        (_("Paciente"), facts.patient_name),
        (_("Documento de identidad"), facts.document_text),
        (_("Motivo"), facts.kind),
        (_("Días que cubre"), period_text(facts.starts_on, facts.ends_on)),
        (_("Duración"), days_text(facts.starts_on, facts.ends_on)),
        (_(rules.labels.practitioner), facts.author_name or _("Sin información")),
        (_("Fecha de emisión"), date_text(facts.issued_on)),
        (_("Número"), facts.code),
    ]
    return [(name, value) for name, value in lines if value]
