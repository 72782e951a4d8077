"""To whom one may begin to write: for the page that asks; the act decides again."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, or_, select

from clinicweb.accounts.models import Account
from clinicweb.booking.models import APPOINTMENT_CANCELLED, Appointment
from clinicweb.chat.policy import APPOINTMENT, CLINICIAN
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.db import reading
from clinicweb.core.search import WordIndex
from clinicweb.core.text import clean_line
from clinicweb.core.viewer import PRACTITIONER, Viewer

_MOST = 200
_MOST_PATIENTS = 20
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Person:
    """*code*: of a clinician, or the public id of a patient."""

    code: str
    name: str


def list_clinicians(
    viewer: Viewer, rules: ClinicRules, search: str = "", *, without: Collection[int] = ()
) -> tuple[Person, ...]:
    """Those to whom *viewer* may write, by name; never *viewer*, nor the accounts *without*."""
    is_patient = PRACTITIONER not in viewer.roles
    if is_patient and rules.chat.opens == CLINICIAN:
        return ()
    unwanted = {viewer.account_id, *without}
    query = (
        select(Practitioner)
        .join(Account, Account.practitioner_id == Practitioner.id)
        .where(Practitioner.is_active, Account.is_active, Account.id.not_in(unwanted))
        .order_by(Practitioner.search_key)
        .limit(_MOST)
    )
    if is_patient and rules.chat.opens == APPOINTMENT:
        own = Appointment.patient_id == viewer.patient_id
        query = query.where(_shared(Appointment.practitioner_id == Practitioner.id, own))
    with reading() as session:
        found = [Person(row.code, row.full_name) for row in session.scalars(query)]
    if not search:
        return tuple(found)
    return tuple(found[number] for number in WordIndex(row.name for row in found).find(search))


def list_present(viewer: Viewer, account_ids: Collection[int]) -> tuple[Person, ...]:
    """Those clinicians, by name; who they are, the viewer knows: they are in one conversation."""
    others = set(account_ids) - {viewer.account_id}
    query = (
        select(Practitioner)
        .join(Account, Account.practitioner_id == Practitioner.id)
        .where(Account.id.in_(others))
        .order_by(Practitioner.search_key)
    )
    with reading() as session:
        return tuple(Person(row.code, row.full_name) for row in session.scalars(query))


def list_patients(viewer: Viewer, rules: ClinicRules, search: str) -> tuple[Person, ...]:
    """
    Patients whom an account reaches, and whom the clinician *viewer* may write to, by name.

    Args:
        search: the beginning of their names; where any patient may be written to, three letters
            at least: nobody leafs through the clinic.
    """
    words = clean_line(search).split()[:4]
    is_any = rules.chat.opens != APPOINTMENT
    if is_any and not any(len(word) >= _SHORTEST for word in words):
        return ()
    query: Select[Patient] = (
        select(Patient)
        .where(_is_reached(rules), *(_begins(word) for word in words))
        .order_by(Patient.family_name, Patient.given_name, Patient.id)
        .limit(_MOST_PATIENTS)
    )
    if not is_any:
        own = Appointment.practitioner_id == viewer.practitioner_id
        query = query.where(_shared(Appointment.patient_id == Patient.id, own))
    with reading() as session:
        return tuple(Person(row.public_id, row.full_name) for row in session.scalars(query))


def _is_reached(rules: ClinicRules) -> ColumnElement[bool]:
    """They have an account; or one of their family who may act for them: the act asks that."""
    who = Account.patient_id == Patient.id
    if rules.family.is_on:
        who = or_(who, Account.patient_id == Patient.family_head_id)
    return exists().where(Account.is_active, who)


def _begins(word: str) -> ColumnElement[bool]:
    return or_(
        Patient.given_name.istartswith(word, autoescape=True),
        Patient.family_name.istartswith(word, autoescape=True),
    )


def _shared(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """They have, or had, an hour together."""
    return exists().where(*conditions, Appointment.status != APPOINTMENT_CANCELLED)
