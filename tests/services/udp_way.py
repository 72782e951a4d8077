"""A way for datagrams to another port of a host, which can be cut and mended."""

import select
import socket
from threading import Event, Thread
from typing import Self


class UdpWay:
    """From a port of its own, at the same address: a line that a test holds in its hands."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._entry = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._entry.bind((host, 0))
        self.port = int(self._entry.getsockname()[1])
        self._callers: dict[socket.socket, tuple[str, int]] = {}
        self._ends: dict[tuple[str, int], socket.socket] = {}
        self.is_cut, self._is_over = Event(), Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        for each in (self._entry, *self._callers):
            each.close()

    def _run(self) -> None:
        while not self._is_over.is_set():
            for ready in select.select([self._entry, *self._callers], [], [], 0.2)[0]:
                data, caller = ready.recvfrom(65536)
                if self.is_cut.is_set():
                    continue
                if ready is self._entry:
                    self._end_of(caller).send(data)
                else:
                    self._entry.sendto(data, self._callers[ready])

    def _end_of(self, caller: tuple[str, int]) -> socket.socket:
        if caller not in self._ends:
            end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            end.connect(self._target)
            self._ends[caller], self._callers[end] = end, caller
        return self._ends[caller]
