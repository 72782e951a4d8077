"""Documents on paper: a PDF in a window of its own, or a page to print where there is none."""

import logging
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, g, render_template, url_for

from clinicweb.clinic.installed import current_rules
from clinicweb.core import clock
from clinicweb.core.i18n import _, date_text, lazy
from clinicweb.core.viewer import PATIENT
from clinicweb.documents import pdf, queries
from clinicweb.documents import people as persons
from clinicweb.documents.cards import cards_of
from clinicweb.documents.opened import note_opened
from clinicweb.documents.queries import PrescriptionRow
from clinicweb.documents.sheets import sheets_of
from clinicweb.family.members import Member
from clinicweb.web.errors import Told, error_page
from clinicweb.web.guards import role
from clinicweb.web.render import page

log = logging.getLogger(__name__)

CROWDED = Told(
    lazy("Hay muchas personas imprimiendo en este momento"),
    lazy("Espere unos segundos y vuelva a intentarlo. Su documento sigue aquí."),
)
bp = Blueprint("papers", __name__)


@bp.get(f"{persons.HOME}/<public_id:person_id>/imprimir")
@role(PATIENT)
def prescriptions(person_id: str) -> Response:
    person, acting = persons.get_acting(g.viewer, persons.prescription_rules(), person_id)
    rows = queries.list_prescriptions(acting)
    note_opened(acting, "prescriptions_pdf.read", record=("patient", person_id))
    return _on_paper(person, rows, url_for("documents.prescriptions", person_id=person_id))


@bp.get(f"{persons.HOME}/<public_id:person_id>/<public_id:prescription_id>/imprimir")
@role(PATIENT)
def prescription(person_id: str, prescription_id: str) -> Response:
    person, acting = persons.get_acting(g.viewer, persons.prescription_rules(), person_id)
    row = queries.get_prescription(acting, prescription_id)
    note_opened(acting, "prescription_pdf.read", record=("prescription", prescription_id))
    names = {"person_id": person_id, "prescription_id": prescription_id}
    back_url = url_for("documents.medications", **names)  # type: ignore[arg-type]
    return _on_paper(person, [row], back_url)


def _on_paper(person: Member, rows: Sequence[PrescriptionRow], back_url: str) -> Response:
    rules = current_rules()
    shown = {
        "heading": _("Recetas de %(name)s", name=person.full_name),
        "sheets": sheets_of(cards_of(rows)),
        "today_text": date_text(clock.local_day(clock.now(), rules.identity.timezone)),
    }
    html = render_template("pdf/prescriptions.html", **shown)
    try:
        content = pdf.press().make(html, pdf.PAPERS[rules.documents.paper])
    except pdf.TooManyAtOnce:
        return _crowded()
    except (pdf.NoEngine, pdf.PdfFailed) as error:
        return _to_print(error, shown | {"back_url": back_url})
    return pdf_response(content, "recetas.pdf")


def _crowded() -> Response:
    response = error_page(503, CROWDED)
    response.headers["Retry-After"] = str(pdf.RETRY_SECONDS)
    return response


def _to_print(error: Exception, shown: dict[str, Any]) -> Response:
    log.warning("no PDF was made (%s): a page to print instead", type(error).__name__)
    return page("documents/printable.html", **shown)


def pdf_response(content: bytes, name: str) -> Response:
    """Shown within the browser, from where it is printed or downloaded."""
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
