"""The answer of a policy: allowed, or refused for a named reason."""

from dataclasses import dataclass

from clinicweb.core.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Decision:
    """*reason* is a stable code such as ``release.late``; None exactly when allowed."""

    allowed: bool
    reason: str | None = None


ALLOWED = Decision(allowed=True)


def refuse(reason: str) -> Decision:
    """A refusal whose *reason* has one text in the catalogue."""
    return Decision(allowed=False, reason=reason)


def check(decision: Decision) -> None:
    """Raises ``NotAllowed`` with the policy's reason."""
    if not decision.allowed:
        raise NotAllowed(str(decision.reason))
