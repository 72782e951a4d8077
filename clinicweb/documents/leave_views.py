"""Sick leaves: one's own, a member's, and the sealed paper itself (S3-44…S3-48)."""

import logging
from datetime import date

from flask import Blueprint, Response, g, url_for

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.errors import NotFound
from clinicweb.core.i18n import counted, lazy
from clinicweb.core.viewer import PATIENT
from clinicweb.documents import leave_queries as queries
from clinicweb.documents import people as persons
from clinicweb.documents.leave_cards import card_of
from clinicweb.documents.opened import note_opened
from clinicweb.documents.paper_views import pdf_response
from clinicweb.documents.policy import earliest_shown
from clinicweb.documents.sealed_store import DamagedDocument, store
from clinicweb.family.cards import MemberCard
from clinicweb.family.cards import card_of as member_card
from clinicweb.family.members import Member
from clinicweb.web.errors import Told, error_page
from clinicweb.web.guards import role
from clinicweb.web.render import page, see_other

log = logging.getLogger(__name__)

HOME = "/servicios/incapacidades"
DAMAGED = Told(
    lazy("No podemos mostrar este documento"),
    lazy("Ya avisamos a quien cuida el portal. Mientras tanto, pídalo en la clínica."),
)
bp = Blueprint("sick_leaves", __name__)


@bp.get(HOME)
@role(PATIENT)
def mine() -> Response:
    """S3-44: one's own at once; those of the family are one step further."""
    found = persons.list_people(g.viewer, persons.sick_leave_rules())
    if not found:
        raise NotFound
    return see_other("sick_leaves.listing", person_id=found[0].public_id)


@bp.get(f"{HOME}/familia")
@role(PATIENT)
def people() -> Response:
    rules = persons.sick_leave_rules()
    if not rules.family.is_on:
        raise NotFound
    rows = tuple(_row(person) for person in persons.list_people(g.viewer, rules))
    return page("documents/leave_people.html", rows=rows)


def _row(person: Member) -> MemberCard:
    return member_card(person, url_for("sick_leaves.listing", person_id=person.public_id))


@bp.get(f"{HOME}/<public_id:person_id>")
@role(PATIENT)
def listing(person_id: str) -> Response:
    """S3-44, S3-45."""
    rules = persons.sick_leave_rules()
    person, acting = persons.get_acting(g.viewer, rules, person_id)
    rows = queries.list_sick_leaves(acting, since=_since(rules))
    note_opened(acting, "sick_leaves.read", record=("patient", person_id))
    return page(
        "documents/sick_leaves.html",
        name=person.full_name,
        rows=tuple((card_of(row), _paper(person_id, row.public_id)) for row in rows),
        has_more=len(rows) == queries.MOST_SHOWN,
        since_text=_since_text(rules.documents.sick_leave_months),
        family_url=url_for("sick_leaves.people") if rules.family.is_on else None,
    )


def _since_text(months: int) -> str:
    return counted(
        "Aquí están las del último mes (%(num)s), autorizadas y con sello digital.",
        "Aquí están las de los últimos %(num)s meses, autorizadas y con sello digital.",
        months,
    )


def _since(rules: ClinicRules) -> date:
    today = clock.local_day(clock.now(), rules.identity.timezone)
    return earliest_shown(today, rules.documents.sick_leave_months)


def _paper(person_id: str, sick_leave_id: str) -> str:
    return url_for("sick_leaves.paper", person_id=person_id, sick_leave_id=sick_leave_id)


@bp.get(f"{HOME}/<public_id:person_id>/<public_id:sick_leave_id>/imprimir")
@role(PATIENT)
def paper(person_id: str, sick_leave_id: str) -> Response:
    """S3-46, S3-47, S3-48: what was sealed, as it was sealed."""
    rules = persons.sick_leave_rules()
    _person, acting = persons.get_acting(g.viewer, rules, person_id)
    row = queries.get_sick_leave(acting, sick_leave_id, since=_since(rules))
    try:
        content = store().get(row.content_hash)
    except DamagedDocument:
        log.exception("a sealed document is damaged: restore %s from a backup", row.content_hash)
        return error_page(503, DAMAGED)
    note_opened(acting, "sick_leave_pdf.read", record=("sick_leave", sick_leave_id))
    return pdf_response(content, "incapacidad.pdf")
