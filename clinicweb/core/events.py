"""
What happened, told to whoever is looking at a page right now.

A slice announces in its action, and nothing leaves before the commit::

    with db.transaction(viewer) as session:
        …
        events.announce(session, Event("chat.message", to=frozenset({1, 2}), ids={"message": id}))

What is never stored («escribiendo…») is told at once, outside of any transaction::

    events.signal(Event("chat.typing", to=…, ids={"conversation": id}))

Events carry ids, never words or HTML: ``web.live`` has each connection's part rendered for its own
viewer.  They hurry and may get lost; the database decides.  No request fails because of one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.orm import Session

_ANNOUNCED = "clinicweb.announced"

# The sessions of these accounts may have ended, or their rights may be others now.
ACCOUNT_CHANGED = "account.changed"


@dataclass(frozen=True, slots=True)
class Event:
    """
    Args:
        kind: ``slice.what``, as registered with ``web.live.renders``.
        to: the accounts it is for, the one who acted among them; their other tabs want to know.
        ids: what it is about; words that fit in a line, for it travels between machines.
    """

    kind: str
    to: frozenset[int]
    ids: Mapping[str, str] = field(default_factory=dict)


class Hub(Protocol):
    """Brings events to the processes that hold sockets; never raises and never waits."""

    def publish(self, events: Sequence[Event]) -> None: ...


class _Nobody:
    def publish(self, events: Sequence[Event]) -> None:
        """No page is open here."""


_hub: Hub = _Nobody()


def use(hub: Hub | None) -> None:
    """Make *hub* the one of this process."""
    global _hub  # noqa: PLW0603  one process, one hub
    _hub = hub or _Nobody()


def announce(session: Session, event: Event) -> None:
    """To be published when the transaction of *session* has been committed, else never."""
    session.info.setdefault(_ANNOUNCED, []).append(event)


def announced(session: Session) -> list[Event]:
    """Those of a transaction, once."""
    events: list[Event] = session.info.pop(_ANNOUNCED, [])
    return events


def publish(events: Sequence[Event]) -> None:
    if events:
        _hub.publish(events)


def signal(event: Event) -> None:
    """Tell at once what is kept nowhere."""
    publish([event])
