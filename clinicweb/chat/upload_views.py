"""Files sent by the page's script, in parts: its answers are JSON."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from flask import Response, g, jsonify, request, url_for

from clinicweb.chat import queries, upload_actions
from clinicweb.chat.attachment_actions import PostFile
from clinicweb.chat.attachment_forms import BeginForm
from clinicweb.chat.upload_actions import UploadState
from clinicweb.clinic.installed import current_rules
from clinicweb.core.errors import Conflict, InvalidInput, NoRoom, NotAllowed, TooManyAttempts
from clinicweb.core.i18n import _
from clinicweb.core.viewer import PATIENT, PRACTITIONER
from clinicweb.web.errors import NO_ROOM, reason_text
from clinicweb.web.guards import role

_PART_BYTES = 64 * 1024
_OFFSET = "Upload-Offset"

talkers = role(PATIENT, PRACTITIONER)


def _told(view: Callable[..., Response]) -> Callable[..., Response]:
    """What goes wrong, for a script to show: ``problem``, or nothing where it tries again."""

    @wraps(view)
    def answer(**values: Any) -> Response:
        try:
            return view(**values)
        except NotAllowed as refusal:
            return _problem(422, reason_text(refusal.reason, **refusal.values))
        except InvalidInput:
            return _problem(422, _("Elija el archivo otra vez."))
        except NoRoom:
            return _problem(507, f"{NO_ROOM.heading}. {NO_ROOM.text}")
        except TooManyAttempts:
            return _problem(429, _("Espere un momento y envíelo de nuevo."))
        except Conflict:
            return _problem(409, "")

    return answer


def _problem(status: int, text: str) -> Response:
    answer = jsonify(problem=text)
    answer.status_code = status
    return answer


def _state(conversation_id: str, state: UploadState, status: int = 200) -> Response:
    answer = jsonify(
        offset=state.received,
        message=state.posted.message_id if state.posted else "",
        url=url_for("chat_files.part", conversation_id=conversation_id, upload_id=state.upload_id)
        if state.upload_id
        else "",
    )
    answer.status_code = status
    return answer


@talkers
@_told
def begin(conversation_id: str) -> Response:
    queries.list_members(g.viewer, current_rules(), conversation_id)  # or there is no such page
    form = BeginForm()
    if not form.validate():
        raise InvalidInput({"file": []})
    command = PostFile(g.viewer, conversation_id, form.key.data or "", form.name.data or "")
    state = upload_actions.begin_upload(current_rules(), command, size_bytes=form.size.data)
    return _state(conversation_id, state, 201)


@talkers
@_told
def part(conversation_id: str, upload_id: str) -> Response:
    state = upload_actions.append_part(
        current_rules(), g.viewer, conversation_id, upload_id, _parts(), offset=_offset()
    )
    return _state(conversation_id, state)


def _offset() -> int:
    """Where the part begins; what is no number is nowhere."""
    sent = request.headers.get(_OFFSET, "")
    is_number = sent.isascii() and sent.isdecimal() and len(sent) <= 10
    return int(sent) if is_number else -1


def _parts() -> Iterator[bytes]:
    while sent := request.stream.read(_PART_BYTES):
        yield sent


@talkers
@_told
def cancel(conversation_id: str, upload_id: str) -> Response:
    upload_actions.cancel_upload(current_rules(), g.viewer, conversation_id, upload_id)
    return Response(status=204)


def routes(one: str) -> Iterator[tuple[str, Callable[..., Response], str]]:
    yield f"{one}/envios", begin, "POST"
    yield f"{one}/envios/<public_id:upload_id>", part, "POST"
    yield f"{one}/envios/<public_id:upload_id>/cancelar", cancel, "POST"
