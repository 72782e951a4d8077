"""Only so many at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """
    *places* for who works; the others wait, but never longer than *longest* seconds.

    Those who waited so long go in as well: where what is done inside hangs, as when the database
    waits for a lock, nobody hangs with it who has nothing to do with that.
    """

    def __init__(self, places: int, *, longest: float) -> None:
        self._places = threading.Semaphore(places)
        self._longest = longest

    @contextmanager
    def place(self) -> Iterator[None]:
        has_one = self._places.acquire(timeout=self._longest)
        try:
            yield
        finally:
            if has_one:
                self._places.release()
