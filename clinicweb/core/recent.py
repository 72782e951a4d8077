"""What somebody found a moment ago, for all who look for the same at once."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from clinicweb.core import db

Found = TypeVar("Found")


@dataclass(slots=True)
class _Entry(Generic[Found]):
    looked_at: float
    found: list[Found] = field(default_factory=list)
    one_looks: threading.Lock = field(default_factory=threading.Lock)


class Recent(Generic[Found]):
    """
    In this process; of each database apart.

    What is kept here may be as old as *seconds*: only for what is offered, never for what decides.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._kept: WeakKeyDictionary[db.Database, dict[Hashable, _Entry[Found]]] = (
            WeakKeyDictionary()
        )
        self._lock = threading.Lock()

    def get(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """What was found for *key* just now; else one looks by *find*, and the others wait."""
        entry = self._entry(key)
        with entry.one_looks:
            if not entry.found:
                entry.looked_at = time.monotonic()
                entry.found.append(find())
            return entry.found[0]

    def _entry(self, key: Hashable) -> _Entry[Found]:
        now = time.monotonic()
        with self._lock:
            kept = self._kept.setdefault(db.current(), {})
            for old in [old for old, one in kept.items() if now - one.looked_at >= self._seconds]:
                del kept[old]
            return kept.setdefault(key, _Entry(now))
