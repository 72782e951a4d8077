"""What pages of calls, and what all pages say of one, are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, url_for

from clinicweb.chat.models import WITH_PATIENT
from clinicweb.chat.rows import ConversationPage
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import _
from clinicweb.core.viewer import PATIENT, PRACTITIONER, Viewer
from clinicweb.video import lines, policy, queries, texts
from clinicweb.video.attention_context import tips
from clinicweb.video.queries import CallRow, LiveCall


@dataclass(frozen=True, slots=True)
class CallNotice:
    """A call that rings for the reader, or that they are in, on any page."""

    text: str
    url: str
    answer_url: str  # empty where there is nothing to answer
    decline_url: str


def is_on(rules: ClinicRules) -> bool:
    return rules.video.in_appointments or is_in_conversations(rules)


def is_in_conversations(rules: ClinicRules) -> bool:
    return rules.chat.is_on and rules.video.in_conversations


def call_now_of(viewer: Viewer | None) -> CallNotice | None:
    if viewer is None or not is_on(current_rules()):
        return None
    if viewer.roles.isdisjoint((PATIENT, PRACTITIONER)):
        return None
    live = queries.find_live_call(viewer)
    return _notice(live) if live else None


def _notice(live: LiveCall) -> CallNotice:
    url = url_for("video.room", call_id=live.public_id)
    if not live.rings:
        text = _("Tiene una videollamada con %(name)s.", name=live.other_name)
        return CallNotice(text, url, "", "")
    return CallNotice(
        _("%(name)s le llama por video.", name=live.other_name),
        url,
        url_for("video.answer", call_id=live.public_id),
        url_for("video.decline", call_id=live.public_id),
    )


def call_now() -> CallNotice | None:
    """For pages that say it without a script; asked for once an answer."""
    if "call_now" not in g:
        g.call_now = call_now_of(g.get("viewer"))
    found: CallNotice | None = g.call_now
    return found


def _room_of(detail: Mapping[str, str]) -> str:
    call_id = detail.get("call_id", "")
    return url_for("video.room", call_id=call_id) if call_id else ""


# Where lines of conversations lead.
LINKS = {lines.ASKED: _room_of}


def ask_url_of(chat: ConversationPage) -> str:
    """S2-2: where a call begins, for who may begin one; empty for all others."""
    may = (
        is_in_conversations(current_rules()) and chat.kind == WITH_PATIENT and chat.ended_at is None
    )
    if not may or PRACTITIONER not in g.viewer.roles:
        return ""
    return url_for("video.ask", conversation_id=chat.public_id)


def question(rules: ClinicRules) -> str:
    """S2-10, word by word where the limit is that of the manual."""
    most = texts.minutes_text(rules.video.max_minutes)
    return _(
        "¿Desea iniciar una videollamada con el paciente? La duración máxima de la llamada es de "
        "%(most)s.",
        most=most,
    )


def over_of(row: CallRow) -> dict[str, Any]:
    """What the page says once it is over."""
    may_ask = row.by_caller and bool(row.conversation_id) and not row.appointment_id
    told = {
        policy.DECLINED: _("%(name)s no tomó la videollamada.", name=row.other_name)
        if row.by_caller
        else _("Usted no tomó la videollamada."),
        policy.CANCELLED: _("La videollamada se canceló antes de que la contestaran."),
        policy.MISSED: _missed_text(row),
        policy.ENDED: _("La videollamada llegó a su límite.") if row.is_cut else "",
    }
    length = texts.length_text(row.lasted) if row.lasted is not None else ""
    return {
        "call": row,
        "told": told[row.status],
        "reason": row.reason if row.by_caller else "",
        "length": length,
        "again_url": url_for("video.ask", conversation_id=row.conversation_id) if may_ask else "",
        "chat_url": chat_url_of(row),
        "tips": tips(),
    }


def check_url() -> str:
    """S2-6: where one tries camera and microphone; empty for who has no calls."""
    viewer: Viewer | None = g.get("viewer")
    may = viewer is not None and not viewer.roles.isdisjoint((PATIENT, PRACTITIONER))
    return url_for("check.mine") if may and is_on(current_rules()) else ""


def _missed_text(row: CallRow) -> str:
    name = row.other_name
    if not row.conversation_id:
        return (
            _("%(name)s no contestó.", name=name)
            if row.by_caller
            else _("La videollamada dejó de sonar.")
        )
    if row.by_caller:
        return _("%(name)s no contestó. Puede dejarle un mensaje.", name=name)
    return _("La videollamada dejó de sonar. Puede escribir un mensaje.")


def chat_url_of(row: CallRow) -> str:
    """Of the conversation beside it; empty for none."""
    if not row.conversation_id or not current_rules().chat.is_on:
        return ""
    return url_for("chat.conversation", conversation_id=row.conversation_id)


def of_all_pages(rules: ClinicRules) -> dict[str, Any]:
    return {
        "has_calls": is_on(rules),
        "call_now": call_now,
        "ask_url_of": ask_url_of,
        "check_url": check_url,
    }
