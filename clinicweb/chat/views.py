"""The list of conversations, one conversation, and writing in it."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, g, make_response, redirect, request, url_for

from clinicweb.chat import (
    actions,
    cards,
    marks,
    message_views,
    people_views,
    queries,
    texts,
)
from clinicweb.chat.context import command_of, context_of, etag_of, number_of, waiting
from clinicweb.chat.forms import MessageForm, OutcomeForm, SearchForm, SeenForm
from clinicweb.chat.queries import Stretch
from clinicweb.chat.rows import ConversationPage, MessageRow
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.errors import InvalidInput, NotAllowed, NotFound, TooManyAttempts
from clinicweb.core.i18n import _
from clinicweb.core.viewer import PATIENT, PRACTITIONER
from clinicweb.web.errors import reason_text, register_reasons
from clinicweb.web.guards import role
from clinicweb.web.render import htmx_of, page, part, see_other, wants_fragment, wants_part
from clinicweb.web.waiting import slow_down

talkers = role(PATIENT, PRACTITIONER)


@talkers
def conversations() -> Response:
    form = SearchForm(request.args)
    form.validate()
    search = (form.buscar.data or "")[:60]
    rows = queries.list_conversations(g.viewer, current_rules(), search=search)
    return page(
        "chat/list.html",
        form=form,
        search=search,
        push_url=url_for("push.devices") if current_rules().chat.pushes else None,
        cards=tuple(cards.conversation_card(row) for row in rows),
    )


@talkers
def conversation(conversation_id: str) -> Response:
    before = number_of(request.args.get("antes"))
    stretch = Stretch(before=before or None)
    found = queries.get_conversation(g.viewer, current_rules(), conversation_id, stretch)
    if not before:
        marks.note_shown(g.viewer, found)
    return _show(found)


def _asked_reply(found: ConversationPage) -> str:
    """The message that «Responder» was pressed at, where this page shows it."""
    asked = request.args.get("responder", "")
    return asked if any(row.public_id == asked for row in found.messages) else ""


def _show(found: ConversationPage, typed: MessageForm | None = None, status: int = 200) -> Response:
    context = context_of(found)
    form = context["form"] if typed is None else typed
    if typed is None:
        form.reply_to.data = _asked_reply(found)
    mine = {"form": form, "answered": _answered(found, form)}
    return page("chat/conversation.html", status, **context | mine)


def _answered(found: ConversationPage, form: MessageForm) -> MessageRow | None:
    asked = form.reply_to.data
    return next((row for row in found.messages if row.public_id == asked and asked), None)


@talkers
def news(conversation_id: str) -> Response:
    """What a page that is open has missed; 304 when that is nothing."""
    since = number_of(request.args.get("desde"))
    found = queries.get_changed(g.viewer, current_rules(), conversation_id, since=since)
    if not _wants_news():
        return see_other("chat.conversation", conversation_id=conversation_id)
    known = f"{since}-{number_of(request.args.get('visto'))}"
    if etag_of(found) == known or request.if_none_match.contains(etag_of(found)):
        return Response(status=304)
    return news_part(found)


def news_part(found: ConversationPage, status: int = 200) -> Response:
    has_turned = any(row.kind in {"ended", "reopened"} for row in found.messages)
    context = context_of(found) | {"marks_new": False}
    answer = part("chat/_news.html", status, **context, since=None, has_turned=has_turned)
    answer.set_etag(etag_of(found))
    return answer


@talkers
def write(conversation_id: str) -> Response:
    form = MessageForm()
    form.validate()
    command = command_of(g.viewer, conversation_id, request.form)
    try:
        posted = actions.post_message(current_rules(), command)
    except InvalidInput as wrong:
        return _refused(conversation_id, form, _told(wrong))
    except NotAllowed as refusal:
        return _refused(conversation_id, form, reason_text(refusal.reason), 409)
    except TooManyAttempts as limit:
        return slow_down(form, limit, lambda status: _refused(conversation_id, form, "", status))
    if _wants_news():
        since = number_of(request.form.get("desde"))
        return news_part(
            queries.get_changed(g.viewer, current_rules(), conversation_id, since=since)
        )
    where = url_for("chat.conversation", conversation_id=conversation_id)
    return make_response(redirect(f"{where}#message-{posted.message_id}", 303))


def _wants_news() -> bool:
    target = htmx_of(request).target or ""
    return wants_fragment() and "#messages-" in target


def _told(wrong: InvalidInput) -> str:
    code = next(code for codes in wrong.errors.values() for code in codes)
    return texts.wrong_text(current_rules(), code)


def _refused(conversation_id: str, form: MessageForm, problem: str, status: int = 422) -> Response:
    """The page with what was typed still in it, or the sentence alone for who has the page."""
    if problem:
        form.text.errors = [*form.text.errors, problem]
    if _wants_news():
        problems = (*form.text.errors, *form.form_errors)
        return part(
            "chat/_refused.html", status, conversation_id=conversation_id, problems=problems
        )
    return _show(queries.get_conversation(g.viewer, current_rules(), conversation_id), form, status)


@talkers
def read(conversation_id: str) -> Response:
    """A page that is looked at says how far; without scripts a button does."""
    form = SeenForm()
    form.validate()
    marks.mark_read(g.viewer, current_rules(), conversation_id, number_of(form.number.data))
    if wants_part("chat/_chat_count.html"):
        return part("chat/_chat_count.html")
    return see_other("chat.conversation", conversation_id=conversation_id)


@talkers
def end(conversation_id: str) -> Response:
    """S2-23."""
    found = queries.get_conversation(g.viewer, current_rules(), conversation_id)
    if not found.end.allowed:
        return _back_with(conversation_id, str(found.end.reason))
    return page("chat/end.html", chat=found, form=OutcomeForm(formdata=None))


@talkers
def do_end(conversation_id: str) -> Response:
    form = OutcomeForm()
    form.validate()
    command = actions.EndConsultation(g.viewer, conversation_id, form.outcome.data or "")
    try:
        actions.end_consultation(current_rules(), command)
    except InvalidInput as wrong:
        form.outcome.errors = [_told(wrong)]
        found = queries.get_conversation(g.viewer, current_rules(), conversation_id)
        return page("chat/end.html", 422, chat=found, form=form)
    except NotAllowed as refusal:
        return _back_with(conversation_id, refusal.reason)
    flash(_("La consulta quedó finalizada. Puede leerla cuando quiera."), "success")
    return see_other("chat.conversation", conversation_id=conversation_id)


@talkers
def reopen(conversation_id: str) -> Response:
    try:
        actions.reopen_conversation(current_rules(), g.viewer, conversation_id)
    except NotAllowed as refusal:
        return _back_with(conversation_id, refusal.reason)
    return see_other("chat.conversation", conversation_id=conversation_id)


def _back_with(conversation_id: str, reason: str) -> Response:
    flash(reason_text(reason), "info")
    return see_other("chat.conversation", conversation_id=conversation_id)


def _are_there_any() -> None:
    if not current_rules().chat.is_on:
        raise NotFound


def blueprint(rules: ClinicRules) -> Blueprint:
    """The routes of the slice, for a clinic with *rules*."""
    bp = Blueprint("chat", __name__, url_prefix="/conversaciones")
    register_reasons(texts.reasons(rules))
    bp.before_request(_are_there_any)
    bp.app_context_processor(lambda: {"chat_waiting": waiting})
    one = "/<public_id:conversation_id>"
    routes: tuple[tuple[str, Callable[..., Response], str], ...] = (
        ("", conversations, "GET"),
        (one, conversation, "GET"),
        (one, write, "POST"),
        (f"{one}/nuevos", news, "GET"),
        (f"{one}/leido", read, "POST"),
        (f"{one}/finalizar", end, "GET"),
        (f"{one}/finalizar", do_end, "POST"),
        (f"{one}/reabrir", reopen, "POST"),
        *message_views.routes(one),
        *people_views.routes(one),
    )
    for rule, view, method in routes:
        bp.add_url_rule(rule, view.__name__, view, methods=[method])
    return bp
