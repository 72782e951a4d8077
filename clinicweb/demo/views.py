"""The demo's mailbox in the browser; these pages exist only where the demo runs."""

from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, send_file, url_for
from flask.typing import ResponseReturnValue

from clinicweb.core import i18n
from clinicweb.core.errors import NotFound
from clinicweb.core.i18n import _
from clinicweb.demo.mailbox import DeliveredMessage, read_mailbox, read_message
from clinicweb.web.guards import public
from clinicweb.web.render import page


def mailbox_pages(folder: Path, *, zone: str) -> Blueprint:
    """``/demo/buzon`` over the messages in *folder*; hours are told as *zone* has them."""
    bp = Blueprint("demo", __name__, url_prefix="/demo")

    @bp.get("/buzon")
    @public
    def mailbox() -> Response:
        rows = [_row(message, zone) for message in read_mailbox(folder)]
        return page("demo/mailbox.html", messages=rows)

    @bp.get("/buzon.json")
    @public
    def mailbox_json() -> Response:
        return jsonify([_record(message) for message in read_mailbox(folder)])

    @bp.get("/buzon/<message_id>/<int:number>")
    @public
    def attachment(message_id: str, number: int) -> ResponseReturnValue:
        message = read_message(folder, message_id)
        if message is None or number >= len(message.attachments):
            raise NotFound
        file = message.attachments[number]
        return send_file(
            BytesIO(file.content),
            mimetype=file.content_type,
            as_attachment=True,
            download_name=file.name,
        )

    return bp


def _row(message: DeliveredMessage, zone: str) -> dict[str, Any]:
    return {
        "to": message.to,
        "channel": message.channel,
        "subject": _("Mensaje de texto") if message.subject is None else message.subject,
        "text": message.text,
        "links": tuple(message.links),
        "at_text": i18n.moment(message.at, zone).when_text,
        "attachments": tuple(_attachment_links(message)),
    }


def _record(message: DeliveredMessage) -> dict[str, Any]:
    return {
        "to": message.to,
        "channel": message.channel,
        "subject": message.subject,
        "text": message.text,
        "links": message.links,
        "codes": message.codes,
        "at": message.at.isoformat(),
        "attachments": [{"name": name, "url": url} for name, url in _attachment_links(message)],
    }


def _attachment_links(message: DeliveredMessage) -> list[tuple[str, str]]:
    return [
        (file.name, url_for("demo.attachment", message_id=message.id, number=number))
        for number, file in enumerate(message.attachments)
    ]
