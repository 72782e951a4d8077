"""FHIR's orders of medicines as prescriptions of ours."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from clinicweb.core import clock
from clinicweb.core.i18n import _
from clinicweb.imports import cells
from clinicweb.imports.fhir_bundle import FhirSource, Pointer
from clinicweb.imports.fhir_index import FhirIndex, Resource
from clinicweb.imports.fhir_values import words_of
from clinicweb.imports.records import Prescription, PrescriptionItem

# A proposal or a plan orders nothing yet.
_ORDERS = ("order", "original-order", "reflex-order", "filler-order", "instance-order")
_REPEATS = {"frequency", "period", "periodUnit"}
_LONGEST_CODE = 120


@dataclass(slots=True)
class Ordered:
    """What the requests of all files order, each prescription once."""

    prescriptions: list[Prescription] = field(default_factory=list)
    items: list[PrescriptionItem] = field(default_factory=list)
    _patients: dict[str, str] = field(default_factory=dict)

    def add(self, prescription: Prescription, item: PrescriptionItem) -> None:
        owner = self._patients.get(prescription.code)
        if owner is None:
            self._patients[prescription.code] = prescription.patient_mrn
            self.prescriptions.append(prescription)
        elif owner != prescription.patient_mrn:
            # A group that names two patients is two prescriptions, whatever it says.
            self.prescriptions.append(replace(prescription, code=item.code))
            item = replace(item, prescription=item.code)
        self.items.append(item)


def prescriptions(index: FhirIndex) -> Ordered:
    """Those with a patient, a medicine and a date; the others are warnings."""
    ordered = Ordered()
    for resource in index.by_type["MedicationRequest"]:
        if str(resource.model.intent) in _ORDERS:
            _add(index, resource, ordered)
    return ordered


def _add(index: FhirIndex, resource: Resource, ordered: Ordered) -> None:
    model = resource.model
    patient = index.handle_at(resource, model.subject, ("subject",))
    medication = _medication(model)
    if not (patient and medication and model.authoredOn):
        message = _("se omite: falta el paciente, el medicamento o la fecha")
        index.warnings.append(resource.node.problem((), message))
        return
    code = _prescription_code(model)
    prescription = Prescription(
        source=FhirSource(resource.node, patient_mrn=("subject",), practitioner=("requester",)),
        code=code,
        patient_mrn=patient,
        practitioner=practitioner_at(index, resource, model.requester, ("requester",)),
        authored_on=day_of(model.authoredOn, index.defaults.timezone),
    )
    item = PrescriptionItem(
        source=FhirSource(resource.node),
        prescription=code,
        code=_own_code(model),
        medication=index.read(resource, (), cells.line(300), medication) or "",
        status=str(model.status),
        **_dosage(index, resource),
    )
    ordered.add(prescription, item)


def _medication(model: Any) -> str | None:
    concept = model.medicationCodeableConcept
    if concept is not None:
        texts = [concept.text, *(coding.display for coding in concept.coding or [])]
        return next(filter(None, [*texts, *words_of([concept])]), None)
    named = model.medicationReference
    return named.display if named is not None else None


def _prescription_code(model: Any) -> str:
    """What was ordered together: by its group, else at one encounter, by one person, on one day."""
    group = model.groupIdentifier
    if group is not None and group.value:
        return f"{group.system or ''}|{group.value}".removeprefix("|")[-_LONGEST_CODE:]
    if model.encounter is not None and model.encounter.reference:
        visit = model.encounter.reference.removeprefix("urn:uuid:").rpartition("/")[2]
        return f"{visit}/{str(model.authoredOn)[:10]}"[-_LONGEST_CODE:]
    return _own_code(model)


def _own_code(model: Any) -> str:
    named = [item.value for item in model.identifier or [] if item.value]
    return str((named or [model.id or ""])[0])[-_LONGEST_CODE:]


def practitioner_at(
    index: FhirIndex, resource: Resource, reference: Any, pointer: Pointer
) -> str | None:
    """Who is meant, by themselves or by one of their roles; nobody where it is not a person."""
    found = index.follow(resource, reference, pointer)
    if found is None:
        return None
    if found.type == "PractitionerRole":
        return index.handle_at(found, found.model.practitioner, ("practitioner",))
    return index.handles.get(found) if found.type == "Practitioner" else None


def day_of(said: date | datetime, zone: str) -> date:
    if isinstance(said, datetime):
        return clock.local_day(said, zone) if said.tzinfo else said.date()
    return said


def _dosage(index: FhirIndex, resource: Resource) -> dict[str, Any]:
    """The words for patients, else the doctor's; else the numbers, where they say all there is."""
    told = resource.model.dosageInstruction or []
    words = "\n".join(filter(None, (one.patientInstruction or one.text for one in told)))
    if words:
        at = ("dosageInstruction",)
        return {"dosage": index.read(resource, at, cells.paragraphs, words)}
    # Of several ways, or of one that says more than we can tell, a part would mislead.
    return _numbers(told[0]) if len(told) == 1 else {}


def _numbers(dosage: Any) -> dict[str, Any]:
    timing, doses = dosage.timing, dosage.doseAndRate or []
    as_needed = {"as_needed": True} if dosage.asNeededBoolean else {}
    if timing is None and not doses:
        return as_needed
    repeat: Any = timing.repeat if timing is not None else None
    if not _is_simple(repeat) or len(doses) > 1 or (doses and doses[0].doseQuantity is None):
        return {}
    quantity = doses[0].doseQuantity if doses else None
    return {
        **as_needed,
        "dose": _quantity(quantity) if quantity is not None else None,
        "frequency": repeat.frequency or 1,
        "period": int(repeat.period),
        "period_unit": str(repeat.periodUnit),
    }


def _is_simple(repeat: Any) -> bool:
    """So many times in so many whole hours, days…, and nothing else."""
    if repeat is None or not repeat.period or not repeat.periodUnit:
        return False
    named = set(repeat.model_dump(exclude_none=True)) - {"resource_type", "fhir_comments"}
    return named <= _REPEATS and repeat.period == int(repeat.period)


def _quantity(quantity: Any) -> str | None:
    if quantity.value is None:
        return None
    unit = quantity.unit or quantity.code or ""
    return f"{quantity.value.normalize():f} {unit}".strip()[:60]
