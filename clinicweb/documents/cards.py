"""Prescriptions in words, for pages and for paper."""

from collections.abc import Sequence
from dataclasses import dataclass

from clinicweb.core.i18n import _, counted, date_text
from clinicweb.documents.dosage import dosage_lines
from clinicweb.documents.queries import MedicationRow, PrescriptionRow


@dataclass(frozen=True, slots=True)
class MedicationLine:
    name: str
    lines: tuple[str, ...]  # how it is taken
    state_text: str


@dataclass(frozen=True, slots=True)
class PrescriptionCard:
    """*count_text*: how many medicines; *medications* themselves where they are told."""

    id: str
    day_text: str
    doctor_name: str
    state_text: str
    is_in_force: bool
    count_text: str
    medications: tuple[MedicationLine, ...]


def card_of(row: PrescriptionRow) -> PrescriptionCard:
    return PrescriptionCard(
        id=row.public_id,
        day_text=date_text(row.authored_on),
        doctor_name=row.requester_name or _("Sin información"),
        state_text=_("Vigente") if row.is_in_force else _("Terminada"),
        is_in_force=row.is_in_force,
        count_text=counted("%(num)s medicamento", "%(num)s medicamentos", len(row.medications)),
        medications=tuple(_line(one) for one in row.medications),
    )


def cards_of(rows: Sequence[PrescriptionRow]) -> tuple[PrescriptionCard, ...]:
    return tuple(card_of(row) for row in rows)


def _line(row: MedicationRow) -> MedicationLine:
    return MedicationLine(row.medication, dosage_lines(row.dosage), status_text(row.status))


def status_text(status: str) -> str:
    """FHIR's state of a medicine, as its patient says it."""
    known = {
        "active": _("En uso"),
        "on-hold": _("En pausa"),
        "cancelled": _("Anulado"),
        "completed": _("Terminado"),
        "stopped": _("Suspendido"),
    }
    return known.get(status, _("Sin información"))
