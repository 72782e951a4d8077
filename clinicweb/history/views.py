"""S0-37: «Mi historial», a page at a time, and the same to be printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, request, url_for

from clinicweb.booking.texts import modality_text, status_text
from clinicweb.clinic.installed import current_rules
from clinicweb.core import clock
from clinicweb.core.i18n import _, date_text, moment
from clinicweb.core.viewer import PATIENT
from clinicweb.family.members import Member
from clinicweb.history import queries
from clinicweb.history.forms import FilterForm, filter_form
from clinicweb.history.queries import HistoryRow, HistorySearch
from clinicweb.web.guards import role
from clinicweb.web.render import page

A_PAGE, MOST_PRINTED = 20, 300
bp = Blueprint("history", __name__)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    when_text: str
    person_name: str
    service_name: str
    doctor_name: str
    place_text: str
    state_text: str


@dataclass(frozen=True, slots=True)
class Filter:
    text: str
    url: str
    is_current: bool


@bp.get("/mi-historial")
@role(PATIENT)
def mine() -> Response:
    return _history_page("history/mine.html", most=A_PAGE)


@bp.get("/mi-historial/imprimir")
@role(PATIENT)
def printable() -> Response:
    """The same filters; all that fits a person's drawer, on paper of A4."""
    return _history_page("history/printable.html", most=MOST_PRINTED)


def _history_page(template: str, *, most: int) -> Response:
    rules = current_rules()
    people = queries.list_people(g.viewer, rules)
    form = filter_form(request.args, people)
    if not form.validate():
        return page(template, 422, **_shown(form, people, (), None))
    search = form.search(rules.identity.timezone)
    rows, has_older = queries.list_history(g.viewer, people, search, most=most)
    older = rows[-1].public_id if has_older else None
    return page(template, **_shown(form, people, rows, older, search))


def _shown(
    form: FilterForm,
    people: Sequence[Member],
    rows: Sequence[HistoryRow],
    older: str | None,
    search: HistorySearch | None = None,
) -> dict[str, Any]:
    return {
        "form": form,
        "states": _states(form.state.data or ""),
        "is_family": len(people) > 1,
        "is_filtered": bool(_asked_without("antes", "estado")) or bool(form.errors),
        "lines": tuple(_line(row) for row in rows),
        "older_url": _mine(older) if older else None,
        "newest_url": _mine() if form.before.data else None,
        "all_url": url_for("history.mine"),
        "print_url": url_for("history.printable", **_asked_without("antes")),
        "told": _told(people, search) if search else (),
        "today_text": date_text(clock.local_day(clock.now(), current_rules().identity.timezone)),
    }


def _asked_without(*names: str) -> dict[str, Any]:
    """What was asked in the address, but for *names* and what is empty."""
    known = {"persona", "desde", "hasta", "con", "estado", "antes"} - {*names}
    return {name: text for name, text in request.args.items() if name in known and text}


def _mine(before: str | None = None) -> str:
    return url_for("history.mine", **_asked_without("antes") | {"antes": before})


def _states(current: str) -> tuple[Filter, ...]:
    names = {
        "": _("Todas"),
        queries.COMING: _("Próximas"),
        queries.PAST: _("Anteriores"),
        queries.CANCELLED: _("Canceladas"),
    }
    others = _asked_without("antes", "estado")
    return tuple(
        Filter(
            text,
            url_for("history.mine", **others | {"estado": name or None}),
            name == (current if current in names else ""),
        )
        for name, text in names.items()
    )


def _line(row: HistoryRow) -> HistoryLine:
    return HistoryLine(
        when_text=moment(row.starts_at, row.zone).when_text,
        person_name=row.person_name,
        service_name=row.service_name,
        doctor_name=row.practitioner_name,
        place_text=modality_text(row.modality) if row.modality == "virtual" else row.site_text,
        state_text=_state_text(row),
    )


def _state_text(row: HistoryRow) -> str:
    # Whether somebody came is not known of an hour that nobody closed.
    if row.is_over and row.status in ("booked", "confirmed"):
        return _("Ya pasó")
    return status_text(row.status, current_rules().labels)


def _told(people: Sequence[Member], search: HistorySearch) -> tuple[tuple[str, str], ...]:
    """What was asked for, in words: paper does not show the form."""
    person = next((m.full_name for m in people if m.public_id == search.person), "")
    found = [
        (_("Persona"), person),
        (_("Desde"), date_text(search.first) if search.first else ""),
        (_("Hasta"), date_text(search.last) if search.last else ""),
        (_("Profesional o especialidad"), search.words),
        (_("Citas"), _state_of(search.state)),
    ]
    return tuple((label, text) for label, text in found if text)


def _state_of(state: str) -> str:
    return next((found.text for found in _states(state) if found.is_current and state), "")
