"""Prescriptions: whose, which, and what is in each (S3-40…S3-43)."""

from flask import Blueprint, Response, g, url_for

from clinicweb.core.errors import NotFound
from clinicweb.core.i18n import _
from clinicweb.core.viewer import PATIENT
from clinicweb.documents import people as persons
from clinicweb.documents import queries
from clinicweb.documents.cards import card_of, cards_of
from clinicweb.documents.opened import note_opened
from clinicweb.family.cards import MemberCard
from clinicweb.family.cards import card_of as member_card
from clinicweb.family.members import Member
from clinicweb.web.guards import role
from clinicweb.web.render import page, see_other

bp = Blueprint("documents", __name__)


@bp.get(persons.HOME)
@role(PATIENT)
def people() -> Response:
    """S3-40; who is alone reads their own at once."""
    rules = persons.prescription_rules()
    found = persons.list_people(g.viewer, rules)
    if not found:
        raise NotFound
    if not rules.family.is_on:
        return see_other("documents.prescriptions", person_id=found[0].public_id)
    return page("documents/people.html", rows=tuple(_row(person) for person in found))


def _row(person: Member) -> MemberCard:
    return member_card(person, url_for("documents.prescriptions", person_id=person.public_id))


@bp.get(f"{persons.HOME}/<public_id:person_id>")
@role(PATIENT)
def prescriptions(person_id: str) -> Response:
    """S3-41: all of one of them, with what each is."""
    rules = persons.prescription_rules()
    person, acting = persons.get_acting(g.viewer, rules, person_id)
    rows = queries.list_prescriptions(acting)
    note_opened(acting, "prescriptions.read", record=("patient", person_id))
    return page(
        "documents/prescriptions.html",
        heading=_("Recetas de %(name)s", name=person.full_name),
        rows=tuple((card, _one(person_id, card.id)) for card in cards_of(rows)),
        has_more=len(rows) == queries.MOST_SHOWN,
        back_url=url_for("documents.people") if rules.family.is_on else None,
        print_url=url_for("papers.prescriptions", person_id=person_id),
    )


def _one(person_id: str, prescription_id: str) -> str:
    return url_for("documents.medications", person_id=person_id, prescription_id=prescription_id)


@bp.get(f"{persons.HOME}/<public_id:person_id>/<public_id:prescription_id>")
@role(PATIENT)
def medications(person_id: str, prescription_id: str) -> Response:
    """S3-42, S3-43."""
    person, acting = persons.get_acting(g.viewer, persons.prescription_rules(), person_id)
    found = queries.get_prescription(acting, prescription_id)
    one = {"person_id": person_id, "prescription_id": prescription_id}
    note_opened(acting, "prescription.read", record=("prescription", prescription_id))
    return page(
        "documents/medications.html",
        name=person.full_name,
        card=card_of(found),
        back_url=url_for("documents.prescriptions", person_id=person_id),
        print_url=url_for("papers.prescription", **one),  # type: ignore[arg-type]
    )
