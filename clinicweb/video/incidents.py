"""Pure: a call that failed, as a page tells of it: few causes, and what it measured."""

import json
from typing import Any

# What somebody can do something about, in this order.
OFFLINE, BROWSER, DEVICES, ALONE, BLOCKED, OTHER = (
    "offline", "browser", "devices", "alone", "blocked", "other",
)  # fmt: skip
CAUSES = (OFFLINE, BROWSER, DEVICES, ALONE, BLOCKED, OTHER)

LONGEST_DIAGNOSIS = 2000
# Of each name, the words that a page may say; of numbers, how large they may be.
_STATES = {"new", "checking", "connecting", "connected", "completed", "disconnected", "failed"}
_STATES |= {"closed", "gathering", "complete", "stable", "have-local-offer", "have-remote-offer"}
_DEVICE = {"on", "off", "none"}
_YES_NO = {"yes", "no"}
_WORDS = {
    "connection": _STATES,
    "ice": _STATES,
    "gathering": _STATES,
    "signals": _STATES,
    "microphone": _DEVICE,
    "camera": _DEVICE,
    "online": _YES_NO,
    "socket": _YES_NO,
    "other": _YES_NO,
    "relay_only": _YES_NO,
    "network": {"slow-2g", "2g", "3g", "4g"},
}
_NUMBERS = ("waited", "host", "srflx", "prflx", "relay", "theirs", "rtt", "down", "up")
_LARGEST = 1_000_000_000


def cause_of(text: str) -> str:
    return text if text in CAUSES else OTHER


def diagnosis_of(text: str) -> dict[str, str | int]:
    """What of *text* is known and bounded; a page that says nonsense has said nothing."""
    try:
        told = json.loads(text[:LONGEST_DIAGNOSIS])
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    words = {name: told[name] for name, known in _WORDS.items() if _is_word(told, name, known)}
    return words | {name: int(told[name]) for name in _NUMBERS if _is_number(told.get(name))}


def _is_word(told: dict[str, Any], name: str, known: set[str]) -> bool:
    return isinstance(told.get(name), str) and told[name] in known


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= _LARGEST
