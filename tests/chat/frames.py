"""Where the frames of a socket begin and end in what a line carries."""


class Frames:
    """Of one direction of one connection, from its first byte on."""

    def __init__(self) -> None:
        # Of the frame that is under way, what is still to come; None: it is no socket yet.
        self._left: float | None = None

    def whole(self, data: bytes) -> bool:
        """Whether *data*, which comes next, is whole frames and nothing else."""
        if self._left is None:
            head, end, data = data.partition(b"\r\n\r\n")
            self._left = 0 if end and b"upgrade: websocket" in head.lower() else None
            self._pass(data)
            return False
        began = self._left == 0
        self._pass(data)
        return began and self._left == 0

    def _pass(self, data: bytes) -> None:
        at = 0
        while self._left is not None and at < len(data):
            step = self._left or frame_size(data[at:])
            self._left = max(0, at + step - len(data))
            at += int(min(step, len(data) - at))


def frame_size(data: bytes) -> float:
    """Of the frame that begins with *data*; infinite where its head was cut, too."""
    is_masked, length = divmod(data[1], 128) if len(data) > 1 else (0, 0)
    more = {126: 2, 127: 8}.get(length, 0)
    if len(data) < 2 + more:
        return float("inf")
    return 2 + more + 4 * is_masked + (int.from_bytes(data[2 : 2 + more]) if more else length)
