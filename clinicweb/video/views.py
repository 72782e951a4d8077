"""From «Iniciar Video» to the end of a call."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, g, request

from clinicweb.chat import queries as chat
from clinicweb.chat.context import context_of
from clinicweb.chat.texts import register_lines
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.i18n import _
from clinicweb.core.viewer import PATIENT, PRACTITIONER
from clinicweb.video import actions, context, incident_views, policy, queries, texts
from clinicweb.video.forms import DeclineForm
from clinicweb.video.queries import CallRow
from clinicweb.web.errors import reason_text, register_reasons
from clinicweb.web.guards import role
from clinicweb.web.render import page, part, see_other, wants_fragment, wants_part, whole_page
from clinicweb.web.security import allow_devices

talkers = role(PATIENT, PRACTITIONER)
clinicians = role(PRACTITIONER)


@clinicians
def ask(conversation_id: str) -> Response:
    """S2-9…S2-12: the window «Videollamada»."""
    found = chat.get_conversation(g.viewer, current_rules(), conversation_id)
    if not context.ask_url_of(found):
        raise NotFound
    shown: dict[str, Any] = {"chat": found, "question": context.question(current_rules())}
    if wants_part("video/_window.html"):
        return part("video/_window.html", **shown)
    return page("video/ask.html", **shown)


@clinicians
def start(conversation_id: str) -> Response:
    try:
        call_id = actions.start_call(current_rules(), g.viewer, conversation_id)
    except NotAllowed as refusal:
        flash(reason_text(refusal.reason), "info")
        return see_other("chat.conversation", conversation_id=conversation_id)
    return see_other("video.room", call_id=call_id)


@talkers
def room(call_id: str) -> Response:
    """The window «Teleconsulta»; what it is now decides what stands there."""
    row = queries.get_call(g.viewer, call_id)
    if not row.is_live:
        return page("video/over.html", **context.over_of(row))
    if row.status == policy.RINGING and not row.by_caller:
        return _invitation(row, DeclineForm(formdata=None))
    if wants_fragment():
        # Scripts and rights of its own: it is never swapped into a page without them.
        return Response(headers={"HX-Redirect": request.path})
    return allow_devices(whole_page("video/call.html", **_of_call(row)))


def _of_call(row: CallRow) -> dict[str, Any]:
    rules = current_rules()
    chat_url = context.chat_url_of(row)
    beside: dict[str, Any] = {"chat": None}
    if chat_url:
        beside = context_of(chat.get_conversation(g.viewer, rules, row.conversation_id))
    return beside | {
        "call": row,
        "limit_text": texts.minutes_text(rules.video.max_minutes),
        "notices_at": " ".join(str(minutes) for minutes in policy.notices(rules.video)),
        "chat_url": chat_url,
    }


def _invitation(row: CallRow, form: DeclineForm, status: int = 200) -> Response:
    chat_url = context.chat_url_of(row)
    return page("video/invitation.html", status, call=row, form=form, chat_url=chat_url)


@talkers
def answer(call_id: str) -> Response:
    try:
        actions.answer_call(current_rules(), g.viewer, call_id)
    except NotAllowed as refusal:
        if refusal.reason != policy.IS_ANSWERED:
            flash(reason_text(refusal.reason), "info")
    return see_other("video.room", call_id=call_id)


@talkers
def decline(call_id: str) -> Response:
    row = queries.get_call(g.viewer, call_id)
    if row.status != policy.RINGING or row.by_caller:
        return see_other("video.room", call_id=call_id)
    return _invitation(row, DeclineForm(formdata=None))


@talkers
def do_decline(call_id: str) -> Response:
    form = DeclineForm()
    if not form.validate():
        return _invitation(queries.get_call(g.viewer, call_id), form, 422)
    command = actions.DeclineCall(g.viewer, call_id, form.reason.data or "")
    try:
        actions.decline_call(command)
    except NotAllowed as refusal:
        flash(reason_text(refusal.reason), "info")
        return see_other("video.room", call_id=call_id)
    flash(_("Avisamos que no puede tomar la videollamada."), "success")
    return see_other("video.room", call_id=call_id)


@talkers
def hang_up(call_id: str) -> Response:
    actions.hang_up(g.viewer, call_id)
    return see_other("video.room", call_id=call_id)


def _are_there_any() -> None:
    if not context.is_on(current_rules()):
        raise NotFound


def blueprint(rules: ClinicRules) -> Blueprint:
    """The routes of the slice, for a clinic with *rules*."""
    bp = Blueprint("video", __name__)
    register_reasons(texts.reasons(rules))
    register_lines(texts.LINES, context.LINKS)
    bp.before_request(_are_there_any)
    bp.app_context_processor(lambda: context.of_all_pages(rules))
    begin = "/conversaciones/<public_id:conversation_id>/videollamada"
    one = "/videollamadas/<public_id:call_id>"
    routes: tuple[tuple[str, Callable[..., Response], str], ...] = (
        (begin, ask, "GET"),
        (begin, start, "POST"),
        (one, room, "GET"),
        (f"{one}/contestar", answer, "POST"),
        (f"{one}/rechazar", decline, "GET"),
        (f"{one}/rechazar", do_decline, "POST"),
        (f"{one}/colgar", hang_up, "POST"),
        (f"{one}/informe", incident_views.report, "POST"),
    )
    for rule, view, method in routes:
        bp.add_url_rule(rule, view.__name__, view, methods=[method])
    return bp
