"""The answer of a policy: allowed, or refused for a named reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """*reason* is a stable code such as ``release.late``; None exactly when allowed."""

    allowed: bool
    reason: str | None = None


ALLOWED = Decision(allowed=True)


def refuse(reason: str) -> Decision:
    """A refusal whose *reason* has one text in the catalogue."""
    return Decision(allowed=False, reason=reason)
