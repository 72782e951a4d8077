"""Calls over the page's socket: who rings, what they are now, what two pages tell each other."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from flask import render_template

from clinicweb.clinic.installed import current_rules, current_settings
from clinicweb.core import clock, events
from clinicweb.core.errors import NotAllowed
from clinicweb.core.events import Event
from clinicweb.core.viewer import Viewer
from clinicweb.video import context, lines, policy, queries, seats, signals
from clinicweb.video.queries import CallRow
from clinicweb.video.relays import relay_for
from clinicweb.web import live

JOIN, SIGNAL, QUALITY = "call.join", "call.signal", "call.quality"
_MEASURED = (
    "rtt",
    "lost",
    "concealed",
    "frozen",
    "sent_kb",
    "received_kb",
    "solo_audio",
    "relayed",
)


def greet(viewer: Viewer) -> str | None:
    """A page that has just opened its socket: does anybody call?"""
    return _notice(viewer) if context.call_now_of(viewer) else None


def show_changed(viewer: Viewer, _event: Event) -> str:
    """All pages of both: who rings, or where the call is; nothing once it is over."""
    return _notice(viewer)


def _notice(viewer: Viewer) -> str:
    return render_template("video/_pushed.html", call=context.call_now_of(viewer))


def show_state(viewer: Viewer, event: Event) -> str:
    """Call pages: what the call is now, in numbers."""
    return _state(viewer, event.ids["call"])


def show_signal(_viewer: Viewer, event: Event) -> str:
    return json.dumps({"live": "signal", **event.ids})


def take_join(viewer: Viewer, fields: Mapping[str, str]) -> str:
    """A call page has come, or come back: the state, and the way for its media."""
    call_id, seat = fields.get("call", ""), fields.get("seat", "")
    try:
        seats.take_seat(viewer, call_id, seat, takes_over=fields.get("takes") == "1")
    except NotAllowed:
        return json.dumps({"live": "elsewhere", "call": call_id})
    return _state(viewer, call_id, joined=True)


def take_signal(viewer: Viewer, fields: Mapping[str, str]) -> None:
    signal = signals.parse(fields)
    other_id = queries.find_other(viewer, signal.call_id, signal.seat)
    ids = {
        "call": signal.call_id,
        "kind": signal.kind,
        "run": signal.run,
        "to": signal.to,
        "data": signal.data,
    }
    events.signal(Event(lines.SIGNAL, to=frozenset({other_id}), ids=ids))


def take_quality(viewer: Viewer, fields: Mapping[str, str]) -> None:
    numbers = {name: _number(fields.get(name, "")) for name in _MEASURED}
    call_id, seat = fields.get("call", ""), fields.get("seat", "")
    seats.note_quality(viewer, call_id, seat, numbers)


def _number(text: str) -> float:
    try:
        return max(0.0, min(1e9, float(text[:12])))
    except ValueError:
        return 0.0


def _state(viewer: Viewer, call_id: str, *, joined: bool = False) -> str:
    row = queries.get_call(viewer, call_id)
    settings = current_settings()
    told = {
        "live": "call",
        "call": row.public_id,
        "status": row.status,
        "left": row.ends_in,
        "seat": row.seat or "",
        "other": row.other_seat or "",
    }
    if joined:
        until = clock.now() + _longest(row)
        relay = relay_for(settings, row.public_id, until=until)
        told |= {"ice": [asdict(relay)] if relay else [], "relay": settings.turn_only}
    return json.dumps(told)


def _longest(row: CallRow) -> timedelta:
    """For how long its media may need a way."""
    rings = row.status == policy.RINGING
    most = policy.lasts(current_rules().video) if rings else timedelta()
    return timedelta(seconds=row.ends_in) + most


live.greets(greet)
live.recalls(lines.missed)
live.renders(lines.CHANGED, show_changed)
live.renders(lines.STATE, show_state)
live.renders(lines.SIGNAL, show_signal)
live.handles(JOIN, take_join)
live.handles(SIGNAL, take_signal)
live.handles(QUALITY, take_quality)
