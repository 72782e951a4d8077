"""
Pure: what the two pages of a call say to each other through the server, checked and bounded.

Each frame is read and written anew: nothing passes that is not named here.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from clinicweb.core.errors import NotFound
from clinicweb.core.ids import is_public_id

HELLO, DESCRIPTION, CANDIDATES = "hello", "description", "candidates"
LONGEST = 12_000
_MOST_CANDIDATES = 30
_LONGEST_CANDIDATE = 600
_RUN = re.compile(r"[A-Za-z0-9_-]{0,22}")
_TYPES = {"offer", "answer"}


@dataclass(frozen=True, slots=True)
class Signal:
    """``run``: of the page that says it, since it was loaded; ``to``: of the one it answers."""

    call_id: str
    seat: str
    kind: str
    run: str
    to: str
    data: str


def parse(fields: Mapping[str, str]) -> Signal:
    """Raises ``NotFound`` for what is none."""
    names = ("call", "seat", "kind", "run", "to", "data")
    signal = Signal(*(fields.get(name, "") for name in names))
    is_named = is_public_id(signal.call_id) and is_public_id(signal.seat)
    has_runs = _RUN.fullmatch(signal.run) and _RUN.fullmatch(signal.to)
    if not is_named or not has_runs or not signal.run or len(signal.data) > LONGEST:
        raise NotFound
    checked = _checked(signal.kind, signal.data)
    return replace(signal, data=checked)


def _checked(kind: str, data: str) -> str:
    if kind == HELLO:
        return ""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise NotFound from None
    if kind == DESCRIPTION:
        return json.dumps(_description(found))
    if kind == CANDIDATES and isinstance(found, list) and len(found) <= _MOST_CANDIDATES:
        return json.dumps([_candidate(one) for one in found])
    raise NotFound


def _description(found: Any) -> dict[str, str]:
    if not isinstance(found, dict) or found.get("type") not in _TYPES:
        raise NotFound
    sdp = found.get("sdp")
    if not isinstance(sdp, str) or not sdp.startswith("v=0"):
        raise NotFound
    return {"type": found["type"], "sdp": sdp}


def _candidate(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise NotFound
    text, mid, line = (found.get(name) for name in ("candidate", "sdpMid", "sdpMLineIndex"))
    if not isinstance(text, str) or len(text) > _LONGEST_CANDIDATE:
        raise NotFound
    if not isinstance(mid, str | None) or len(mid or "") > 16:
        raise NotFound
    if not isinstance(line, int | None) or not 0 <= (line or 0) < 16:
        raise NotFound
    return {"candidate": text, "sdpMid": mid, "sdpMLineIndex": line}
