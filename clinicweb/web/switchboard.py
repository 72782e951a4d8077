"""Which sockets are open in this process, whose they are, and how many there may be."""

import itertools
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from clinicweb.web.buckets import Bucket
from clinicweb.web.sockets import Connection

# A person's tabs and devices; what a page opens beyond polls.
SOCKETS_PER_ACCOUNT = 5
_MESSAGES_AT_ONCE, _MESSAGES_PER_SECOND = 40, 10.0

FULL = "full"
TOO_MANY = "too many"


@dataclass(slots=True)
class _Line:
    """What one account has open here; *places* counts handshakes under way, too."""

    places: int = 0
    connections: list[Connection] = field(default_factory=list)
    rate: Bucket = field(default_factory=lambda: bucket(sharing=2))


def bucket(*, sharing: int = 1) -> Bucket:
    """How much a socket, or a person with several, may say."""
    return Bucket(sharing * _MESSAGES_AT_ONCE, sharing * _MESSAGES_PER_SECOND)


class Switchboard:
    """Safe to use from any thread."""

    def __init__(self, limit: int) -> None:
        """*limit*: so many sockets at once; none of them may cost a page its thread."""
        self.limit = limit
        self._lines: dict[int, _Line] = {}
        self._taken = 0
        self._lock = threading.Lock()

    def take_place(self, account_id: int) -> str | None:
        """Before the handshake; why not, or None.  Who took a place gives it back."""
        with self._lock:
            if self._taken >= self.limit:
                return FULL
            line = self._lines.setdefault(account_id, _Line())
            if line.places >= SOCKETS_PER_ACCOUNT:
                return TOO_MANY
            line.places += 1
            self._taken += 1
            return None

    def give_back(self, account_id: int) -> None:
        with self._lock:
            line = self._lines[account_id]
            line.places -= 1
            self._taken -= 1
            if not line.places:
                del self._lines[account_id]

    def rate_of(self, account_id: int) -> Bucket:
        """What all sockets of the account share."""
        with self._lock:
            return self._lines[account_id].rate

    @contextmanager
    def connected(self, connection: Connection) -> Iterator[None]:
        """Inside, events reach *connection*; its account has a place."""
        open_ones = self._lines[connection.person.viewer.account_id].connections
        with self._lock:
            open_ones.append(connection)
        try:
            yield
        finally:
            with self._lock:
                open_ones.remove(connection)

    def reaches(self, account_ids: Iterable[int]) -> bool:
        """Whether any of them has a page open here; without the lock, for it may be late."""
        return any(account_id in self._lines for account_id in account_ids)

    def everybody(self) -> frozenset[int]:
        """The accounts that have a page open here."""
        with self._lock:
            return frozenset(self._lines)

    def of(self, account_ids: Collection[int]) -> list[Connection]:
        with self._lock:
            lines = [self._lines[one] for one in account_ids if one in self._lines]
            return list(itertools.chain.from_iterable(line.connections for line in lines))

    def all(self) -> list[Connection]:
        with self._lock:
            lines = self._lines.values()
            return list(itertools.chain.from_iterable(line.connections for line in lines))
