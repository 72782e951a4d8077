"""
Who has a page open in another process, over Redis: each process says every few seconds whom it
holds, and reads whom all hold.  No request waits for it: what was read last counts, for a while.
"""

import threading
from collections.abc import Collection
from typing import Protocol

from redis import Redis
from redis.exceptions import RedisError

from clinicweb.core import clock

EVERY_SECONDS = 15.0
# Longer than a reload or a late round, shorter than anybody would wait for an answer.
GOOD_SECONDS = 50.0


class Holder(Protocol):
    """The process's own sockets."""

    def everybody(self) -> Collection[int]:
        """The accounts that have a page open here."""


class RedisPresence:
    """*key*: a sorted set of accounts, each until when it counts."""

    def __init__(self, client: Redis, key: str, holder: Holder) -> None:
        self._client, self._key, self._holder = client, key, holder
        self._until: dict[int, float] = {}

    def elsewhere(self, account_ids: Collection[int]) -> set[int]:
        now, until = clock.now().timestamp(), self._until
        return {account_id for account_id in account_ids if until.get(account_id, 0.0) > now}

    def run(self) -> None:
        """For a thread of its own."""
        while True:
            self.tell()
            threading.Event().wait(EVERY_SECONDS)

    def tell(self) -> None:
        """One round; while Redis is away, what was read before runs out."""
        now = clock.now().timestamp()
        own = dict.fromkeys(map(str, self._holder.everybody()), now + GOOD_SECONDS)
        pipeline = self._client.pipeline()
        if own:
            pipeline.zadd(self._key, own)
        pipeline.zremrangebyscore(self._key, 0, now)
        pipeline.expire(self._key, int(GOOD_SECONDS) * 2)
        pipeline.zrange(self._key, 0, -1, withscores=True)
        try:
            found = pipeline.execute()[-1]
        except (RedisError, OSError):
            return
        self._until = {int(account_id): until for account_id, until in found}
