"""Whose documents a viewer may read, and which of them the clinic shows at all."""

from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.db import reading
from clinicweb.core.decision import ALLOWED
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer
from clinicweb.family import queries as family
from clinicweb.family.members import Member

# Where their documents are.
HOME = "/servicios/recetas"


def prescription_rules() -> ClinicRules:
    """The clinic's rules.  Raises: ``NotFound`` where it shows no prescriptions."""
    return _rules_where(is_shown=current_rules().documents.prescriptions)


def sick_leave_rules() -> ClinicRules:
    """The same of sick leaves."""
    return _rules_where(is_shown=current_rules().documents.sick_leaves)


def _rules_where(*, is_shown: bool) -> ClinicRules:
    if not is_shown:
        raise NotFound
    return current_rules()


def list_people(viewer: Viewer, rules: ClinicRules) -> tuple[Member, ...]:
    """Themselves first; where no account acts for a family, themselves alone (S3-40); or nobody."""
    if rules.family.is_on:
        return family.list_members(viewer, rules)
    with reading() as session:
        patient = session.get(Patient, viewer.patient_id)
        return (_alone(patient),) if patient else ()


def get_person(viewer: Viewer, rules: ClinicRules, public_id: str) -> Member:
    """
    One whose documents *viewer* may read.

    Raises: ``NotFound`` for anybody else, ``NotAllowed`` as ``family.get_member``.
    """
    if rules.family.is_on:
        return family.get_member(viewer, rules, public_id)
    for person in list_people(viewer, rules):
        if person.public_id == public_id:
            return person
    raise NotFound


def get_acting(viewer: Viewer, rules: ClinicRules, public_id: str) -> tuple[Member, Viewer]:
    """That one, and *viewer* as who reads for them.  Raises: as ``get_person``."""
    person = get_person(viewer, rules, public_id)
    return person, family.as_member(viewer, person)


def _alone(patient: Patient) -> Member:
    return Member(
        public_id=patient.public_id,
        patient_id=patient.id,
        given_name=patient.given_name,
        full_name=patient.full_name,
        relationship=patient.relationship_code or "",
        is_self=True,
        decision=ALLOWED,
    )
