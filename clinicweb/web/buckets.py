"""How much somebody may say at once, and then in a second."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Bucket:
    """So many at once, then so many a second."""

    burst: float
    per_second: float
    _level: float = 0.0
    _at: float = field(default_factory=time.monotonic)

    def take(self) -> bool:
        now = time.monotonic()
        self._level = max(0.0, self._level - (now - self._at) * self.per_second) + 1
        self._at = now
        return self._level <= self.burst
