"""Pure: what a page found out about camera, microphone, speaker, relay and line, in codes."""

from dataclasses import dataclass

OK = "ok"
# Of each part, what may have come out; the empty word: it was not tried.
STATES: dict[str, tuple[str, ...]] = {
    "microphone": (OK, "quiet", "denied", "none", "busy", "off"),
    "camera": (OK, "denied", "none", "busy", "off"),
    "speaker": (OK, "unheard"),
    "relay": (OK, "direct", "half", "failed"),
    "speed": ("good", "fair", "low", "bad", "failed"),
}
# Nothing has to be done about these.
FINE = frozenset({OK, "direct", "good", "fair"})
# What the slower way carries, in kbit/s, and what that is good for: with less than the last
# not even the voice.
SPEEDS = ((1000, "good"), (250, "fair"), (64, "low"), (0, "bad"))

LARGEST_BYTES = 512 * 1024
_SMALLEST_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Found:
    """
    What came out: states by the part's name; numbers are 0 where nothing was measured.

    ``relay_ms``: there and back through the relay; ``down_kbps``, ``up_kbps``: kbit/s.
    """

    states: dict[str, str]
    relay_ms: int = 0
    down_kbps: int = 0
    up_kbps: int = 0

    @property
    def to_mend(self) -> tuple[str, ...]:
        """The parts that somebody has to do something about."""
        return tuple(
            part for part in STATES if self.states.get(part) and self.states[part] not in FINE
        )

    def as_json(self) -> dict[str, str | int]:
        numbers = {"relay_ms": self.relay_ms, "down": self.down_kbps, "up": self.up_kbps}
        return {**self.states, **numbers}


def from_json(kept: dict[str, str | int]) -> Found:
    states = {part: str(kept.get(part, "")) for part in STATES}
    numbers = (int(kept.get(name, 0)) for name in ("relay_ms", "down", "up"))
    return Found(states, *numbers)


def speed_state(down_kbps: int, up_kbps: int) -> str:
    """
    >>> speed_state(4000, 300)
    'fair'
    """
    slower = min(down_kbps, up_kbps)
    return next(state for least, state in SPEEDS if slower >= least)


def part_bytes(asked: int) -> int:
    """How much is sent for a measurement: never more than a telephone's plan bears."""
    return max(_SMALLEST_BYTES, min(LARGEST_BYTES, asked))
