"""
Events between processes and machines, over Redis: published by whoever wrote, heard by whoever
holds sockets.

What happens in a process comes to its own sockets directly, so that a clinic with one process loses
nothing while Redis is away; the others hear of it by a thread's publishing and another's listening.
Redis keeps nothing.  While it is away, what others wrote is looked for in the database, and when it
is back every page is nudged to ask for what it may have missed besides.
"""

import json
import logging
import queue
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from secrets import token_hex

from redis import Redis
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.exceptions import RedisError
from redis.retry import Retry

from clinicweb.core import clock
from clinicweb.core.events import Event
from clinicweb.web.hub import Listener
from clinicweb.web.presence import RedisPresence

log = logging.getLogger(__name__)

# What happened after an instant, as far as the database tells.
Recall = Callable[[datetime], Sequence[Event]]

_LONGEST_QUEUE = 10_000
_AT_ONCE = 100
_CONNECT_SECONDS = 2.0
_LISTEN_SECONDS = 5.0
_WAIT_SECONDS = 0.5
# A transaction says when it began, and clocks differ; and it is noticed late that Redis hangs.
_BEFORE = timedelta(seconds=15)


class RedisHub:
    """*channel* is one for all processes of an installation, and no other's."""

    def __init__(
        self, listener: Listener, url: str, channel: str, recalls: Sequence[Recall] = ()
    ) -> None:
        self._listener, self._channel, self._recalls = listener, channel, recalls
        self._recalled: frozenset[tuple[str, str]] = frozenset()
        self._name = token_hex(8)
        # A connection that came back by itself would hide that something was missed.
        self._client = Redis.from_url(
            url,
            socket_connect_timeout=_CONNECT_SECONDS,
            socket_timeout=_LISTEN_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._presence = RedisPresence(self._client, f"{channel}:online", listener)
        self._queue: queue.Queue[Event] = queue.Queue(_LONGEST_QUEUE)
        self._has_lost = False
        self._starting = threading.Lock()
        self._begun: set[Callable[[], None]] = set()

    def publish(self, events: Sequence[Event]) -> None:
        self._listener.take(events)
        self._begin(self._send)
        for event in events:
            try:
                self._queue.put_nowait(event)
            except queue.Full:
                self._has_lost = True

    def listen(self) -> None:
        """From the first socket on."""
        self._begin(self._receive)
        self._begin(self._presence.run)

    def present(self, account_ids: Collection[int]) -> set[int]:
        """Those of *account_ids* that have a page open, here or elsewhere; never waits."""
        self._begin(self._presence.run)
        here = set(account_ids) & set(self._listener.everybody())
        return here | self._presence.elsewhere(account_ids)

    def _begin(self, work: Callable[[], None]) -> None:
        with self._starting:
            if work not in self._begun:
                self._begun.add(work)
                threading.Thread(target=work, name=f"redis{work.__name__}", daemon=True).start()

    # The thread that publishes.

    def _send(self) -> None:
        while True:
            some = self._some()
            told = {"from": self._name, "events": [_packed(event) for event in some]}
            try:
                self._client.publish(self._channel, json.dumps(told | {"lost": self._has_lost}))
            except (RedisError, OSError):
                # Kept nowhere: whoever waits asks the database, now and when Redis is back.
                self._note_loss()
                time.sleep(_WAIT_SECONDS)
            else:
                self._has_lost = False

    def _some(self) -> list[Event]:
        """What waits; nothing but the news of a loss while there is one to tell."""
        try:
            some = [self._queue.get(timeout=_WAIT_SECONDS if self._has_lost else None)]
        except queue.Empty:
            return []
        while len(some) < _AT_ONCE and not self._queue.empty():
            some.append(self._queue.get_nowait())
        return some

    def _note_loss(self) -> None:
        if not self._has_lost:
            log.warning("Redis is away: other processes hear of news when their pages ask")
        self._has_lost = True

    # The thread that listens.

    def _receive(self) -> None:
        while True:
            try:
                with closing(self._client.pubsub()) as subscription:  # type: ignore[no-untyped-call]
                    subscription.subscribe(self._channel)
                    self._hear(subscription)
            except (RedisError, OSError):
                self._recall()
                time.sleep(2 * _WAIT_SECONDS)

    def _recall(self) -> None:
        """What others did meanwhile, each once while it is found again and again."""
        since = clock.now() - _BEFORE
        found: dict[tuple[str, str], Event] = {}
        for recall in self._recalls:
            try:
                found |= {(one.kind, json.dumps(dict(one.ids))): one for one in recall(since)}
            except Exception:  # nor may a database that is away, too, end the thread
                log.exception("what was missed could not be looked for; it is tried again")
        self._listener.take([one for name, one in found.items() if name not in self._recalled])
        self._recalled = frozenset(found)

    def _hear(self, subscription: PubSub) -> None:
        is_asked = False
        while True:
            message = subscription.get_message(timeout=_LISTEN_SECONDS)
            if message is None and is_asked:
                raise RedisError("no answer")
            is_asked = message is None
            if message is None:
                # Nothing was said for a while: is anybody there?
                subscription.ping()
            elif message["type"] == "subscribe":
                self._listener.nudge()
            elif message["type"] == "message":
                self._hand_on(message["data"])

    def _hand_on(self, data: bytes) -> None:
        try:
            told = json.loads(data)
            events = [] if told["from"] == self._name else [_unpacked(*e) for e in told["events"]]
        except (ValueError, TypeError, KeyError):
            log.warning("what came through Redis is no event")
            return
        self._listener.take(events)
        if told.get("lost") and told["from"] != self._name:
            self._listener.nudge()


def _packed(event: Event) -> tuple[str, list[int], dict[str, str]]:
    return event.kind, sorted(event.to), dict(event.ids)


def _unpacked(kind: str, to: list[int], ids: dict[str, str]) -> Event:
    return Event(kind, frozenset(to), ids)
