"""The page of one message that one sent: corrected, or deleted."""

from collections.abc import Callable, Iterator

from flask import Response, flash, g, make_response, redirect, url_for

from clinicweb.chat import queries, texts
from clinicweb.chat.editing_actions import ChangeMessage, delete_message, edit_message
from clinicweb.chat.forms import MessageForm
from clinicweb.chat.rows import MessageRow
from clinicweb.clinic.installed import current_rules
from clinicweb.core.errors import InvalidInput, NotAllowed
from clinicweb.core.i18n import _
from clinicweb.core.viewer import PATIENT, PRACTITIONER
from clinicweb.web.errors import reason_text
from clinicweb.web.guards import role
from clinicweb.web.render import page

talkers = role(PATIENT, PRACTITIONER)


@talkers
def message(conversation_id: str, message_id: str) -> Response:
    row = queries.get_message(g.viewer, current_rules(), conversation_id, message_id)
    if not row.may_change:
        return _back(conversation_id, message_id)
    return _show(conversation_id, row, MessageForm(formdata=None, text=row.text))


@talkers
def edit(conversation_id: str, message_id: str) -> Response:
    form = MessageForm()
    form.validate()
    command = ChangeMessage(g.viewer, conversation_id, message_id, form.text.data or "")
    try:
        edit_message(current_rules(), command)
    except InvalidInput as wrong:
        form.text.errors = [texts.wrong_text(current_rules(), wrong.errors["text"][0])]
        row = queries.get_message(g.viewer, current_rules(), conversation_id, message_id)
        return _show(conversation_id, row, form, 422)
    except NotAllowed as refusal:
        flash(reason_text(refusal.reason), "info")
    return _back(conversation_id, message_id)


@talkers
def delete(conversation_id: str, message_id: str) -> Response:
    try:
        delete_message(current_rules(), ChangeMessage(g.viewer, conversation_id, message_id))
    except NotAllowed as refusal:
        flash(reason_text(refusal.reason), "info")
    else:
        flash(_("El mensaje fue eliminado."), "success")
    return _back(conversation_id, message_id)


def _show(conversation_id: str, row: MessageRow, form: MessageForm, status: int = 200) -> Response:
    form.text.label.text = _("Mensaje")
    where = {"conversation_id": conversation_id, "message_id": row.public_id}
    return page(
        "chat/message.html",
        status,
        form=form,
        minutes=current_rules().chat.edit_minutes,
        edit_url=url_for("chat.edit", **where),  # type: ignore[arg-type]
        delete_url=url_for("chat.delete", **where),  # type: ignore[arg-type]
        back_url=_address(conversation_id, row.public_id),
    )


def _back(conversation_id: str, message_id: str) -> Response:
    return make_response(redirect(_address(conversation_id, message_id), 303))


def _address(conversation_id: str, message_id: str) -> str:
    return f"{url_for('chat.conversation', conversation_id=conversation_id)}#message-{message_id}"


def routes(one: str) -> Iterator[tuple[str, Callable[..., Response], str]]:
    rule = f"{one}/mensajes/<public_id:message_id>"
    yield rule, message, "GET"
    yield rule, edit, "POST"
    yield f"{rule}/eliminar", delete, "POST"
