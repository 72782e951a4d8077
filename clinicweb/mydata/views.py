"""«Quién vio mis datos», a page at a time, and the same as a file."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, request, url_for

from clinicweb.clinic.installed import current_rules
from clinicweb.core import clock
from clinicweb.core.i18n import _, moment
from clinicweb.core.viewer import PATIENT
from clinicweb.history.queries import list_people
from clinicweb.mydata import queries
from clinicweb.mydata.forms import AccessForm, access_form
from clinicweb.mydata.queries import AccessRow
from clinicweb.mydata.texts import action_text, actor_text, role_text
from clinicweb.web.guards import role
from clinicweb.web.render import page

A_PAGE, MOST_IN_FILE = 20, 5000
# A cell that begins so is a formula to whoever opens the file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TEMPLATE = "mydata/accesses.html"

bp = Blueprint("mydata", __name__)


@dataclass(frozen=True, slots=True)
class AccessLine:
    when_text: str
    actor: str
    role: str
    what: str
    person_name: str
    is_own: bool
    behalf_text: str


@bp.get("/quien-vio-mis-datos")
@role(PATIENT)
def accesses() -> Response:
    people = list_people(g.viewer, current_rules())
    form = access_form(request.args, people)
    if not form.validate():
        return page(_TEMPLATE, 422, **_shown(form, (), has_older=False))
    rows, has_older = _find(form, most=A_PAGE)
    return page(_TEMPLATE, **_shown(form, rows, has_older=has_older))


@bp.get("/quien-vio-mis-datos/archivo")
@role(PATIENT)
def file() -> Response:
    """The same filters, as CSV."""
    form = access_form(request.args, list_people(g.viewer, current_rules()))
    form.page.data = 1
    if not form.validate():
        return page(_TEMPLATE, 422, **_shown(form, (), has_older=False))
    rows, _has_older = _find(form, most=MOST_IN_FILE)
    answer = Response(_csv(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="quien-vio-mis-datos.csv"'
    return answer


def _find(form: AccessForm, *, most: int) -> tuple[tuple[AccessRow, ...], bool]:
    rules = current_rules()
    search = form.search(rules.identity.timezone, A_PAGE)
    people = list_people(g.viewer, rules)
    return queries.list_accesses(g.viewer, people, search, most=most)


def _shown(form: AccessForm, rows: Sequence[AccessRow], *, has_older: bool) -> dict[str, Any]:
    number = form.page.data or 1
    asked: dict[str, Any] = {
        name: text for name, text in request.args.items() if text and name != "pagina"
    }
    return {
        "form": form,
        "lines": tuple(_line(row) for row in rows),
        "is_family": "person" in form,
        "is_filtered": bool(asked),
        "all_url": url_for("mydata.accesses"),
        "older_url": url_for("mydata.accesses", **asked, pagina=number + 1) if has_older else None,
        "newest_url": url_for("mydata.accesses", **asked) if number > 1 else None,
        "file_url": url_for("mydata.file", **asked),
    }


def _line(row: AccessRow) -> AccessLine:
    behalf = _("en nombre de %(name)s", name=row.person_name) if row.is_for_another else ""
    return AccessLine(
        when_text=moment(row.at, current_rules().identity.timezone).when_text,
        actor=actor_text(row),
        role=role_text(row),
        what=action_text(row.action),
        person_name=row.person_name,
        is_own=row.is_own,
        behalf_text=behalf,
    )


def _csv(rows: Sequence[AccessRow]) -> str:
    written = io.StringIO()
    sheet = csv.writer(written)
    heads = (_("Fecha y hora"), _("Datos de"), _("Quién"), _("Rol"), _("Qué"), _("En nombre de"))
    sheet.writerow(heads)
    zone = current_rules().identity.timezone
    for row in rows:
        at = clock.local(row.at, zone).isoformat(" ", "seconds")
        behalf = row.person_name if row.is_for_another else ""
        told = (at, row.person_name, actor_text(row), role_text(row), action_text(row.action))
        sheet.writerow([_harmless(cell) for cell in (*told, behalf)])
    return "\ufeff" + written.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
