"""«Sala de espera»: whom the doctor attends by video today, who is there, and what came of it."""

from typing import Any

from flask import Blueprint, Response, flash, g

from clinicweb.clinic.installed import current_rules
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.i18n import _
from clinicweb.core.viewer import PRACTITIONER
from clinicweb.video import (
    admission_actions,
    attendance,
    attention_context,
    attention_queries,
    attention_texts,
)
from clinicweb.video.attention_forms import OutcomeForm
from clinicweb.video.attention_rows import Expected
from clinicweb.web.errors import reason_text
from clinicweb.web.guards import role
from clinicweb.web.render import page, part, see_other, wants_part

clinicians = role(PRACTITIONER)
_EXPECTED = "video/_expected.html"


@clinicians
def waiting_room() -> Response:
    _are_there_any()
    found = attention_queries.list_expected(g.viewer, current_rules())
    cards = tuple(attention_context.card_of(row) for row in found)
    if wants_part(_EXPECTED):
        return part(_EXPECTED, cards=cards)
    return page("video/waiting_room.html", cards=cards)


@clinicians
def admit(appointment_id: str) -> Response:
    """The call opens for both: the doctor's window goes there, the patient's page rings."""
    _are_there_any()
    try:
        call_id = admission_actions.admit(current_rules(), g.viewer, appointment_id)
    except NotAllowed as refusal:
        flash(reason_text(refusal.reason), "info")
        return see_other("attention.waiting_room")
    return see_other("video.room", call_id=call_id)


@clinicians
def attended(appointment_id: str) -> Response:
    row = attention_queries.get_expected(g.viewer, current_rules(), appointment_id)
    attendance.note_read(g.viewer, row)
    with_what_is_kept = {"outcome": row.outcome, "note": row.note}
    return _attended(row, _form(row, formdata=None, data=with_what_is_kept))


def _form(row: Expected, **given: Any) -> OutcomeForm:
    form = OutcomeForm(**given)
    form.outcome.choices = [(one, _(attention_texts.OUTCOMES[one])) for one in row.outcomes]
    return form


def _attended(row: Expected, form: OutcomeForm, status: int = 200) -> Response:
    shown = attention_context.attended_context(row)
    return page("video/attended.html", status, form=form, **shown)


@clinicians
def conclude(appointment_id: str) -> Response:
    row = attention_queries.get_expected(g.viewer, current_rules(), appointment_id)
    form = _form(row)
    if not form.validate():
        return _attended(row, form, 422)
    command = admission_actions.Conclude(
        g.viewer, appointment_id, form.outcome.data, form.note.data or ""
    )
    try:
        admission_actions.conclude(current_rules(), command)
    except NotAllowed as refusal:
        flash(reason_text(refusal.reason), "info")
        return see_other("attention.attended", appointment_id=appointment_id)
    flash(_("Guardamos el resultado de la atención."), "success")
    return see_other("attention.waiting_room")


def _are_there_any() -> None:
    if not current_rules().video.in_appointments:
        raise NotFound


def mount(bp: Blueprint) -> None:
    home = "/sala-de-espera"
    one = f"{home}/<public_id:appointment_id>"
    bp.add_url_rule(home, "waiting_room", waiting_room, methods=["GET"])
    bp.add_url_rule(one, "attended", attended, methods=["GET"])
    bp.add_url_rule(one, "conclude", conclude, methods=["POST"])
    bp.add_url_rule(f"{one}/admitir", "admit", admit, methods=["POST"])
