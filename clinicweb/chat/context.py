"""What pages of conversations, and the parts that a socket brings, are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, url_for

from clinicweb.chat import cards, queries
from clinicweb.chat.actions import PostMessage
from clinicweb.chat.attachment_cards import file_form
from clinicweb.chat.forms import MessageForm, SeenForm
from clinicweb.chat.rows import ConversationPage
from clinicweb.clinic.installed import current_rules
from clinicweb.core.i18n import _, counted
from clinicweb.core.ids import is_public_id, new_public_id
from clinicweb.core.viewer import PATIENT, PRACTITIONER, Viewer
from clinicweb.web import live
from clinicweb.web.errors import reason_text

_LARGEST_NUMBER = 2**31 - 1


def number_of(text: str | None) -> int:
    """A number of a message or change as somebody sent it; 0 for what is none."""
    return min(int(text[:12]), _LARGEST_NUMBER) if text and text.isdecimal() else 0


def command_of(viewer: Viewer, conversation_id: str, fields: Mapping[str, str]) -> PostMessage:
    """The parser of all three doors: page, POST and socket."""
    reply_to = fields.get("reply_to", "")
    return PostMessage(
        viewer=viewer,
        conversation_id=conversation_id,
        client_key=fields.get("key", ""),
        text=fields.get("text") or fields.get("quick", ""),
        reply_to=reply_to if is_public_id(reply_to) else None,
        seen=number_of(fields.get("seen")),
    )


def context_of(found: ConversationPage) -> dict[str, Any]:
    """What the page of a conversation, and the parts of it, are made of."""
    rules = current_rules().chat
    with_patient = found.patient_id is not None
    is_clinician = PRACTITIONER in g.viewer.roles
    first, last = (found.messages[at].number if found.messages else 0 for at in (0, -1))
    return {
        "chat": found,
        "cards": cards.message_cards(found),
        "earlier": first if first > 1 else None,
        "is_latest": not found.messages or found.messages[-1].number == found.last_number,
        "first_unread": _first_unread(found, first),
        "closed_text": reason_text(found.post.reason) if found.post.reason else "",
        "hours": _(rules.hours) if rules.hours and with_patient else "",
        "emergency": _emergency() if with_patient and not is_clinician else "",
        "quick_answers": tuple(_(text) for text in rules.quick_answers) if is_clinician else (),
        "form": MessageForm(formdata=None, key=new_public_id(), seen=str(last)),
        "read_form": SeenForm(formdata=None, number=last) if last > found.read_number else None,
        "answered": None,
        "can_move": found.end.allowed,
        "file_form": file_form(found),
        "shows_online": found.online.allowed,
        "online_text": online_text(found),
        # «Mensajes nuevos» is for who comes, not for who looks on.
        "marks_new": True,
    }


def online_text(found: ConversationPage) -> str:
    """Who of the others has a page open; empty for nobody, and for who may not see it."""
    if not found.online.allowed:
        return ""
    there = live.present([other.account_id for other in found.others])
    names = [other.name for other in found.others if other.account_id in there]
    if not names:
        return ""
    is_pair = len(found.others) == 1
    return _("En línea") if is_pair else _("En línea: %(names)s", names=", ".join(names))


def _first_unread(found: ConversationPage, first: int) -> str | None:
    """Where what waits begins, when that is before what is shown."""
    unread = found.read_number + 1
    if not 0 < unread < first:
        return None
    here = {"conversation_id": found.public_id, "antes": unread + queries.PAGE - 5}
    return url_for("chat.conversation", **here) + "#nuevos"  # type: ignore[arg-type]


def _emergency() -> str:
    rules = current_rules()
    text = rules.chat.emergency or rules.identity.emergency
    return _(text) if text else ""


def etag_of(found: ConversationPage) -> str:
    return f"{found.changes}-{found.others_read}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the header says: in how many conversations something waits."""

    count: int
    text: str


def waiting() -> Waiting | None:
    """None for who has no conversations; asked for once an answer, of each of its readers."""
    viewer, known = g.get("viewer"), g.setdefault("chat_waiting", {})
    if viewer not in known:
        known[viewer] = _counted(viewer)
    found: Waiting | None = known[viewer]
    return found


def _counted(viewer: Viewer | None) -> Waiting | None:
    if viewer is None or not current_rules().chat.is_on:
        return None
    if viewer.roles.isdisjoint((PATIENT, PRACTITIONER)):
        return None
    count = queries.count_unread(viewer, current_rules())
    return Waiting(count, counted("%(num)s sin leer", "%(num)s sin leer", count))
