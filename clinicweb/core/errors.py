"""What can go wrong in the clinic's own terms; ``web.errors`` turns each into an answer."""

from typing import Any


class DomainError(Exception):
    """Base of all: never shown as it is."""


class NotFound(DomainError):
    """Not there, or not theirs: a stranger cannot tell which."""


class NotAllowed(DomainError):
    """A policy refused; *reason* is its code, *values* are what its text tells besides."""

    def __init__(self, reason: str, **values: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


class Conflict(DomainError):
    """
    Somebody was faster, or the world changed.

    *code* says what, e.g. ``slot.taken``; *about* which of several things it happened to.
    """

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.about = about


class InvalidInput(DomainError):
    """Values that cannot be: *errors* maps a field's name to its messages."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


class TooManyAttempts(DomainError):
    """A limit was reached; *retry_after_seconds* says how long it lasts at most."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(str(retry_after_seconds))
        self.retry_after_seconds = retry_after_seconds


class Unavailable(DomainError):
    """The database cannot answer now; trying again later may help."""


class NoRoom(DomainError):
    """The disk is full: nothing of it was kept."""
