"""Pure: the text that people consent to, and what was kept of who did."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Consented:
    """A text as it stood, and when the viewer consented to it; aware, UTC."""

    version: str
    text: str
    text_hash: str
    accepted_at: datetime
