"""How events come to the process that holds the socket: the hub of one process alone."""

from collections.abc import Collection, Sequence
from typing import Protocol

from clinicweb.core.events import Event


class Listener(Protocol):
    """The process's own sockets; ``web.delivery`` is one.  Neither method waits or raises."""

    def take(self, events: Sequence[Event]) -> None:
        """Bring *events* to those of their accounts that are here."""

    def everybody(self) -> Collection[int]:
        """The accounts that have a page open here."""

    def nudge(self) -> None:
        """Some may have been lost: let every page ask for what it misses."""


class MemoryHub:
    """All pages are open in this process: ``clinicweb serve`` as a small clinic runs it."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def publish(self, events: Sequence[Event]) -> None:
        self._listener.take(events)

    def present(self, account_ids: Collection[int]) -> set[int]:
        """Those of *account_ids* that have a page open."""
        return set(account_ids) & set(self._listener.everybody())

    def listen(self) -> None:
        """There is nobody else to listen to."""
