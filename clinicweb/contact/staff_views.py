"""The inbox of the clinic's staff: what people wrote, and its answers."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, g, request, url_for

from clinicweb.clinic.installed import current_rules
from clinicweb.contact import staff_actions as actions
from clinicweb.contact import staff_queries as queries
from clinicweb.contact.cards import card_of
from clinicweb.contact.forms import AnswerForm, inbox_form
from clinicweb.core.errors import Conflict, NotAllowed, TooManyAttempts
from clinicweb.core.i18n import _
from clinicweb.core.viewer import Viewer
from clinicweb.web.errors import reason_text
from clinicweb.web.guards import role
from clinicweb.web.render import page, see_other
from clinicweb.web.waiting import slow_down

bp = Blueprint("inbox", __name__, url_prefix="/bandeja")
staff = role(*queries.STAFF)
_ASKED = ("estado", "tipo", "con")


@dataclass(frozen=True, slots=True)
class Filter:
    text: str
    url: str
    is_current: bool


@bp.get("")
@staff
def inbox() -> Response:
    form = inbox_form(current_rules(), request.args)
    is_good = form.validate()
    search = form.search() if is_good else queries.InboxSearch()
    rows, has_older = queries.list_messages(g.viewer, search)
    return page(
        "contact/inbox.html",
        200 if is_good else 422,
        form=form,
        states=_states(search.state),
        state=search.state,
        cards=tuple((card_of(row), _url(row.public_id)) for row in rows),
        older_url=_asked(antes=rows[-1].public_id) if has_older else None,
        newest_url=_asked() if search.before else None,
        is_filtered=bool(search.words or search.kind) or not is_good,
        all_url=url_for("inbox.inbox"),
    )


def _asked(**changed: str | None) -> str:
    """The list with what was asked of it, but for *changed*."""
    kept: dict[str, Any] = {name: request.args[name] for name in _ASKED if request.args.get(name)}
    return url_for("inbox.inbox", **kept | changed)


def _states(current: str) -> tuple[Filter, ...]:
    names = {queries.OPEN: _("Abiertos"), queries.CLOSED: _("Cerrados")}
    return tuple(Filter(text, _asked(estado=name), name == current) for name, text in names.items())


def _url(message_id: str) -> str:
    return url_for("inbox.message", contact_id=message_id)


@bp.get("/<public_id:contact_id>")
@staff
def message(contact_id: str) -> Response:
    return _message_page(contact_id, AnswerForm(data={"closes": True}))


def _message_page(contact_id: str, form: AnswerForm, status: int = 200) -> Response:
    actions.note_opened(g.viewer, contact_id)
    row = queries.get_message(g.viewer, contact_id)
    # Who sends it once more has read what this page shows.
    form.seen.data = str(len(row.answers))
    return page(
        "contact/inbox_message.html", status, form=form, key=form.good_key, card=card_of(row)
    )


@bp.post("/<public_id:contact_id>/responder")
@staff
def answer(contact_id: str) -> Response:
    form = AnswerForm()
    show = partial(_message_page, contact_id, form)
    if not form.validate():
        return show(422)
    command = actions.AnswerMessage(
        viewer=g.viewer,
        message_id=contact_id,
        key=form.good_key,
        text=form.text.data,
        seen=form.seen_count,
        closes=form.closes.data,
    )
    try:
        actions.answer_message(current_rules(), command)
    except (Conflict, NotAllowed) as problem:
        code = problem.code if isinstance(problem, Conflict) else problem.reason
        form.form_errors.append(reason_text(code))
        return show(409)
    except TooManyAttempts as limit:
        return slow_down(form, limit, show)
    flash(_("Su respuesta se envió."), "success")
    return see_other("inbox.message", contact_id=contact_id)


@bp.post("/<public_id:contact_id>/cerrar")
@staff
def close(contact_id: str) -> Response:
    actions.close_message(g.viewer, contact_id)
    flash(_("El mensaje quedó cerrado."), "success")
    return see_other("inbox.inbox")


@bp.post("/<public_id:contact_id>/reabrir")
@staff
def reopen(contact_id: str) -> Response:
    actions.reopen_message(g.viewer, contact_id)
    flash(_("El mensaje está abierto otra vez."), "success")
    return see_other("inbox.message", contact_id=contact_id)


def unread() -> int | None:
    """For the header: what nobody opened yet; None for who is not of the staff."""
    viewer: Viewer | None = g.get("viewer")
    if viewer is None or viewer.roles.isdisjoint(queries.STAFF):
        return None
    if "inbox_unread" not in g:
        g.inbox_unread = queries.count_unread(viewer)
    return int(g.inbox_unread)


bp.app_context_processor(lambda: {"inbox_unread": unread})
