"""Pure: the text that people consent to, and what was kept of who did."""

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Consented:
    """A text as it stood, and when the viewer consented to it; aware, UTC."""

    version: str
    text: str
    text_hash: str
    accepted_at: datetime


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())
