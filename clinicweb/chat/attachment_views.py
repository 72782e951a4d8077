"""Sending a file with a plain form, and getting it back."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    make_response,
    redirect,
    request,
    send_file,
    session,
    url_for,
)
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from clinicweb.chat import attachment_texts, queries, upload_views
from clinicweb.chat.actions import Posted
from clinicweb.chat.attachment_actions import PostFile, post_file
from clinicweb.chat.attachment_cards import empty_form
from clinicweb.chat.attachment_forms import FileForm
from clinicweb.chat.attachment_queries import get_file
from clinicweb.chat.marks import note_file
from clinicweb.chat.queries import Stretch
from clinicweb.clinic.installed import current_rules
from clinicweb.core.errors import InvalidInput, NoRoom, NotAllowed, NotFound, TooManyAttempts
from clinicweb.core.file_store import MIB, TOO_LARGE
from clinicweb.core.i18n import _, counted
from clinicweb.core.text import clean_line
from clinicweb.core.viewer import PATIENT, PRACTITIONER
from clinicweb.web import errors
from clinicweb.web.errors import NO_ROOM, Told, error_page, reason_text, register_reasons
from clinicweb.web.guards import role
from clinicweb.web.render import page, see_other

_PART_BYTES = 64 * 1024
# What is a little too large is read to its end: a browser that is cut off shows no reason.
_TOLERATED_BYTES = 16 * MIB
# A file is nobody's page: whatever is in it may do nothing, and no other site may show it.
_POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

_NOTHING = Stretch(most=1)

talkers = role(PATIENT, PRACTITIONER)
bp = Blueprint("chat_files", __name__, url_prefix="/conversaciones")
register_reasons(attachment_texts.REASONS)


@talkers
def choose(conversation_id: str) -> Response:
    found = queries.get_conversation(g.viewer, current_rules(), conversation_id, _NOTHING)
    if not found.post.allowed or not current_rules().chat.file_kinds:
        return see_other("chat.conversation", conversation_id=conversation_id)
    return _show(conversation_id)


@talkers
def send(conversation_id: str) -> Response:
    queries.list_members(g.viewer, current_rules(), conversation_id)  # or there is no such page
    form = FileForm()
    sent = [one for one in request.files.getlist("file") if one.filename]
    if not form.validate() or not sent:
        return _show(conversation_id, _("Elija un archivo."), 422)
    try:
        posted = _post_all(conversation_id, form.key.data or "", sent)
    except _RefusedFile as refused:
        return _show(conversation_id, _refusal_text(refused, sent), 422)
    except NoRoom:
        return _show(conversation_id, f"{NO_ROOM.heading}. {NO_ROOM.text}", 507)
    except InvalidInput:
        return _show(conversation_id, _("Elija el archivo otra vez."), 422)
    except TooManyAttempts:
        return _show(conversation_id, _("Espere un momento y envíelo de nuevo."), 429)
    flash(_("El archivo fue enviado."), "success")
    where = url_for("chat.conversation", conversation_id=conversation_id)
    return make_response(redirect(f"{where}#m-{posted.message_id}", 303))


def _post_all(conversation_id: str, key: str, sent: Sequence[FileStorage]) -> Posted:
    """A message each; the first one's."""
    found = []
    for number, one in enumerate(sent):
        own_key = key if number == 0 else _key_of(key, number)
        command = PostFile(g.viewer, conversation_id, own_key, one.filename or "")
        try:
            found.append(post_file(current_rules(), command, _parts(one)))
        except NotAllowed as refusal:
            raise _RefusedFile(number, refusal) from refusal
    return found[0]


class _RefusedFile(Exception):
    """*number*: which of those that were sent; the ones before it are in."""

    def __init__(self, number: int, refusal: NotAllowed) -> None:
        super().__init__(refusal.reason)
        self.number, self.refusal = number, refusal


def _refusal_text(refused: _RefusedFile, sent: Sequence[FileStorage]) -> str:
    reason = reason_text(refused.refusal.reason, **refused.refusal.values)
    if len(sent) == 1:
        return reason
    name = clean_line(sent[refused.number].filename or "")[:80]
    said = _("No se envió «%(name)s»: %(reason)s", name=name, reason=reason)
    if not refused.number:
        return said
    before = counted("Antes se envió %(num)s.", "Antes se enviaron %(num)s.", refused.number)
    return f"{said} {before}"


def _key_of(key: str, number: int) -> str:
    """Of another file of the same form: sent again, it is the same message."""
    return urlsafe_b64encode(sha256(f"{key}:{number}".encode()).digest()[:16]).decode()[:22]


def _parts(sent: FileStorage) -> Iterator[bytes]:
    while part := sent.stream.read(_PART_BYTES):
        yield part


def _show(conversation_id: str, problem: str = "", status: int = 200) -> Response:
    return page(
        "chat/file.html",
        status,
        back_url=url_for("chat.conversation", conversation_id=conversation_id),
        file_form=empty_form(conversation_id),
        problem=problem,
    )


@talkers
def download(conversation_id: str, file_id: str) -> Response:
    found = get_file(g.viewer, current_rules(), conversation_id, file_id)
    note_file(g.viewer, file_id, found)
    kind = attachment_texts.media_type(found.kind)
    answer = send_file(
        found.path, kind, as_attachment=True, download_name=found.name, conditional=True, max_age=0
    )
    return _harmless(answer)


@talkers
def preview(conversation_id: str, file_id: str) -> Response:
    """The only thing that is shown within a page: a picture that we drew ourselves."""
    found = get_file(g.viewer, current_rules(), conversation_id, file_id)
    if found.preview is None:
        raise NotFound
    return _harmless(send_file(found.preview, "image/webp", conditional=True, max_age=0))


def _harmless(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = _POLICY
    return answer


def _let_files_through(_endpoint: str | None, _values: object) -> None:
    # Asked before the form is read; whoever never signed in sends no more than anybody.
    if request.method == "POST" and "_user_id" in session:
        request.max_content_length = current_rules().chat.file_mb * MIB + _TOLERATED_BYTES


def _too_large(_error: RequestEntityTooLarge) -> Response:
    """Cut off before anybody asked who it is: nothing of the conversation is shown."""
    problem = reason_text(TOO_LARGE, longest_mb=current_rules().chat.file_mb)
    return error_page(413, Told(errors.TOO_LARGE.heading, problem))


def _are_there_any() -> None:
    if not current_rules().chat.is_on:
        raise NotFound


def _routes() -> Iterator[tuple[str, Callable[..., Response], str]]:
    one = "/<public_id:conversation_id>"
    yield f"{one}/archivos", choose, "GET"
    yield f"{one}/archivos", send, "POST"
    yield f"{one}/archivos/<public_id:file_id>", download, "GET"
    yield f"{one}/archivos/<public_id:file_id>/vista", preview, "GET"
    yield from upload_views.routes(one)


bp.url_value_preprocessor(_let_files_through)
bp.before_request(_are_there_any)
bp.register_error_handler(RequestEntityTooLarge, _too_large)
for _rule, _view, _method in _routes():
    bp.add_url_rule(_rule, view_func=_view, methods=[_method])
