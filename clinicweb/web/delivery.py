"""
From an event to the pages that are open here, each with its own part; and the care for sockets.

Two threads, begun with the first socket: one renders and hands to outboxes, in the order in which
events came; the other pings, cuts, and asks whether sessions still go on.
"""

import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from secrets import token_urlsafe
from typing import Protocol

from flask import Flask, g, session

from clinicweb.core.errors import DomainError
from clinicweb.core.events import ACCOUNT_CHANGED, Event
from clinicweb.core.viewer import Viewer
from clinicweb.web.sockets import RESTART, SESSION_ENDED, Connection, Person
from clinicweb.web.switchboard import Switchboard

log = logging.getLogger(__name__)

Render = Callable[[Viewer, Event], str | None]

# What a request context is made of where there is no request.
ENVIRON = "clinicweb.live.environ"
# JSON without content: htmx swaps nothing, the page's script asks for what is missing.
NUDGE = '{"live":"catchup"}'
_LONGEST_QUEUE = 10_000
_TICK_SECONDS = 0.5
# A session is asked for again after a second; with many sockets, so many of them a second.
_CHECKS_PER_SECOND = 1_000
_CHECKED_AT_ONCE = 500
# Of a person's session that counts for every page: of whom a change ends a socket.
_RIGHTS = ("roles", "patient_id", "practitioner_id", "must_change_password", "must_add_factor")


class Sessions(Protocol):
    """What the kernel must know of sessions, from the slice that keeps them."""

    def find(self, session_ids: Collection[int]) -> Mapping[int, Viewer]:
        """The people of those sessions that still go on."""

    def touch(self, session_id: int) -> None:
        """Note that the person is still there."""


@contextmanager
def stage(app: Flask, person: Person) -> Iterator[None]:
    """Inside, templates find what they find in a request of *person*: language, nonce, token."""
    # A context of the application of its own: one that is there already would lend its ``g``.
    with app.app_context(), app.request_context(dict(app.extensions[ENVIRON])):
        session["lang"] = person.language
        g.viewer = person.viewer
        g.csp_nonce, g.csrf_token = person.nonce, person.csrf_token
        yield


class Delivery:
    """
    One for a process.

    Args:
        renders: by kind of event, what each slice shows of it.
        merged_by: as ``merged`` takes it.
    """

    def __init__(
        self,
        app: Flask,
        switchboard: Switchboard,
        sessions: Sessions,
        renders: Mapping[str, Render],
        merged_by: Mapping[str, str] | None = None,
    ) -> None:
        self._app, self._switchboard = app, switchboard
        self._sessions, self._renders = sessions, renders
        self._merged_by = merged_by or {}
        self._queue: queue.Queue[Event] = queue.Queue(_LONGEST_QUEUE)
        self._starting = threading.Lock()
        self._has_begun = False
        # Says when the server is about to end.
        self.is_ending: Callable[[], bool] = lambda: False

    def begin(self) -> None:
        """With the first socket: a process that has none needs no threads for them."""
        with self._starting:
            if not self._has_begun:
                self._has_begun = True
                for work in (self._deliver, self._watch):
                    threading.Thread(target=work, name=f"live{work.__name__}", daemon=True).start()

    # A ``hub.Listener``: from any thread, without waiting.

    def take(self, events: Sequence[Event]) -> None:
        for event in events:
            if self._switchboard.reaches(event.to):
                try:
                    self._queue.put_nowait(event)
                except queue.Full:
                    self.nudge()

    def everybody(self) -> Collection[int]:
        return self._switchboard.everybody()

    def nudge(self) -> None:
        for connection in self._switchboard.all():
            connection.send(NUDGE)

    # The first thread.

    def _deliver(self) -> None:
        while True:
            for event in merged(self._next(), self._merged_by):
                try:
                    self._bring(event)
                except Exception:  # one bad event must not end all others
                    log.exception("event %s was not delivered", event.kind)

    def _next(self) -> list[Event]:
        """All that wait, or the first that comes."""
        found = [self._queue.get()]
        with suppress(queue.Empty):
            while len(found) < _LONGEST_QUEUE:
                found.append(self._queue.get_nowait())
        return found

    def _bring(self, event: Event) -> None:
        connections = self._switchboard.of(event.to)
        age = 0.0 if event.kind == ACCOUNT_CHANGED else self._longest_unchecked()
        self._check([each for each in connections if time.monotonic() - each.checked_at >= age])
        render = self._renders.get(event.kind)
        if render is None:
            return
        readers: dict[str, dict[int, list[Connection]]] = defaultdict(lambda: defaultdict(list))
        for connection in connections:
            if connection.is_open:
                person = connection.person
                readers[person.language][person.viewer.account_id].append(connection)
        for of_language in readers.values():
            self._show(render, event, list(of_language.values()))

    def _show(self, render: Render, event: Event, readers: list[list[Connection]]) -> None:
        """
        Rendered once for all pages of one reader; the marks make way for what each page has.

        One stage for all *readers*, who have one language: it costs more than most parts.
        """
        first = readers[0][0].person
        marked = Person(first.viewer, first.language, token_urlsafe(16), token_urlsafe(24))
        with stage(self._app, marked):
            for connections in readers:
                g.viewer = connections[0].person.viewer
                try:
                    html = render(g.viewer, event)
                except DomainError:  # gone meanwhile, or theirs no longer
                    continue
                _hand_out(html or "", marked, connections)

    # The second thread.

    def _watch(self) -> None:
        while True:
            time.sleep(_TICK_SECONDS)
            try:
                self._look_after(self._switchboard.all())
            except Exception:  # nor may one bad round
                log.exception("sockets could not be looked after; it is tried again")

    def _look_after(self, connections: list[Connection]) -> None:
        now = time.monotonic()
        for connection in connections:
            if self.is_ending():
                connection.close(RESTART)
            connection.tend(now)
        age = self._longest_unchecked()
        self._check([each for each in connections if now - each.checked_at >= age])

    def _longest_unchecked(self) -> float:
        return max(1.0, len(self._switchboard.all()) / _CHECKS_PER_SECOND)

    # Both.

    def _check(self, connections: list[Connection]) -> None:
        """Close those of sessions that have ended, or of people whose rights are others now."""
        for start in range(0, len(connections), _CHECKED_AT_ONCE):
            some = connections[start : start + _CHECKED_AT_ONCE]
            with self._app.app_context():
                found = self._sessions.find({each.person.viewer.session_id for each in some})
            now = time.monotonic()
            for connection in some:
                connection.checked_at = now
                _compare(connection, found.get(connection.person.viewer.session_id))


def merged(events: Sequence[Event], by: Mapping[str, str]) -> list[Event]:
    """
    *events* in order, where several that differ in one number alone are one with the smallest.

    What is shown of the first is all that there is by now: to render it once more for each of the
    others would take the longer the more of them wait.

    Args:
        by: of kinds of events that may be merged, under which name that number is.
    """
    found: dict[object, Event] = {}
    for event in events:
        name = by.get(event.kind, "")
        if not event.ids.get(name, "").isdecimal():
            found[object()] = event
            continue
        others = frozenset((key, value) for key, value in event.ids.items() if key != name)
        alike = (event.kind, event.to, others)
        known = found.get(alike)
        if known is None or int(event.ids[name]) < int(known.ids[name]):
            found[alike] = event
    return list(found.values())


def _hand_out(html: str, marked: Person, connections: list[Connection]) -> None:
    for connection in connections if html else ():
        own = html.replace(marked.nonce, connection.person.nonce)
        connection.send(own.replace(marked.csrf_token, connection.person.csrf_token))


def _compare(connection: Connection, viewer: Viewer | None) -> None:
    known = connection.person.viewer
    if viewer is None:
        connection.close(SESSION_ENDED)
    elif any(getattr(viewer, right) != getattr(known, right) for right in _RIGHTS):
        connection.close(RESTART)  # the page comes back with what it may now
