"""Conversations over the page's socket: what others do, and what this page sends."""

from collections.abc import Mapping

from flask import Flask, render_template

from clinicweb.chat import actions, marks, queries
from clinicweb.chat.cards import message_cards
from clinicweb.chat.context import command_of, context_of, number_of, online_text
from clinicweb.chat.news import CHANGED, GONE, READ, TYPING, missed
from clinicweb.chat.rows import ConversationPage
from clinicweb.clinic.installed import current_rules
from clinicweb.core import events
from clinicweb.core.errors import NotFound
from clinicweb.core.events import Event
from clinicweb.core.viewer import PATIENT, PRACTITIONER, Viewer
from clinicweb.web import live

SEND, SEEN, IS_TYPING, ONLINE = "chat.send", "chat.seen", "chat.is_typing", "chat.online"
_HAS_TURNED = {"ended", "reopened"}


def init_app(app: Flask, *, is_on: bool) -> None:
    """Whoever has conversations holds a socket; after ``live.init_app``."""
    if is_on:
        live.is_wanted(app, lambda viewer: not viewer.roles.isdisjoint((PATIENT, PRACTITIONER)))


def show_changed(viewer: Viewer, event: Event) -> str | None:
    """
    The lines that came or look different; with them how many conversations wait.

    Who may be in it no longer, as one whose child came of age, is shown that.
    """
    since = number_of(event.ids["since"])
    try:
        return _heard(viewer, event.ids["conversation"], since)
    except NotFound:
        return show_gone(viewer, event)


def show_read(viewer: Viewer, event: Event) -> str | None:
    """How far others have read, to who wrote; and to oneself, in another window, the count."""
    found = queries.get_changed(viewer, current_rules(), event.ids["conversation"], since=2**31 - 1)
    return _rendered(found, found.changes)


def show_typing(viewer: Viewer, event: Event) -> str | None:
    """Nobody is told that they themselves type."""
    if event.ids["who"] == str(viewer.account_id):
        return None
    conversation_id = event.ids["conversation"]
    name = queries.get_member_name(viewer, current_rules(), conversation_id, int(event.ids["who"]))
    return render_template("chat/_typing.html", conversation_id=conversation_id, name=name)


def show_gone(viewer: Viewer, event: Event) -> str | None:
    """Who is not in it any more has an empty page of it, in every window."""
    conversation_id = event.ids["conversation"]
    try:
        queries.list_members(viewer, current_rules(), conversation_id)
    except NotFound:
        return render_template("chat/_gone.html", conversation_id=conversation_id)
    return None  # back in it meanwhile


def take_message(viewer: Viewer, fields: Mapping[str, str]) -> str | None:
    """The event brings it back; only one that was sent before is answered here."""
    conversation_id = fields.get("conversation", "")
    posted = actions.post_message(current_rules(), command_of(viewer, conversation_id, fields))
    since = number_of(fields.get("desde"))
    return None if posted.is_new else _heard(viewer, conversation_id, since)


def take_seen(viewer: Viewer, fields: Mapping[str, str]) -> str | None:
    _ask_for_any()
    conversation_id, number = fields.get("conversation", ""), number_of(fields.get("number"))
    marks.mark_read(viewer, current_rules(), conversation_id, number)
    return None


def take_typing(viewer: Viewer, fields: Mapping[str, str]) -> str | None:
    _ask_for_any()
    conversation_id = fields.get("conversation", "")
    to = queries.list_members(viewer, current_rules(), conversation_id)
    ids = {"conversation": conversation_id, "who": str(viewer.account_id)}
    events.signal(Event(TYPING, to=to, ids=ids))
    return None


def take_online(viewer: Viewer, fields: Mapping[str, str]) -> str | None:
    """A page that is looked at asks once a minute: telling all of all costs more."""
    _ask_for_any()
    found = queries.get_members(viewer, current_rules(), fields.get("conversation", ""))
    if not found.online.allowed:
        return None
    return render_template("chat/_online_told.html", chat=found, online_text=online_text(found))


def _ask_for_any() -> None:
    if not current_rules().chat.is_on:
        raise NotFound


def _heard(viewer: Viewer, conversation_id: str, since: int) -> str:
    found = queries.get_changed(viewer, current_rules(), conversation_id, since=since)
    return _rendered(found, since)


def _rendered(found: ConversationPage, since: int) -> str:
    has_turned = any(row.kind in _HAS_TURNED for row in found.messages)
    # Forms are made for the composer alone: each message is rendered for all who read it.
    made = context_of(found) if has_turned else {"chat": found, "cards": message_cards(found)}
    return render_template(
        "chat/_pushed.html",
        **made | {"marks_new": False},
        since=since,
        # What one wrote oneself leaves nothing unread.
        has_count=not found.messages or not all(row.is_own for row in found.messages),
        has_turned=has_turned,
    )


live.recalls(missed)
live.renders(CHANGED, show_changed, merged_by="since")
live.renders(READ, show_read)
live.renders(GONE, show_gone)
live.renders(TYPING, show_typing)
live.handles(SEND, take_message)
live.handles(SEEN, take_seen)
live.handles(IS_TYPING, take_typing)
live.handles(ONLINE, take_online)
