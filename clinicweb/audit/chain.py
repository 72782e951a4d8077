"""The chain over the journal: what is in a link, in bytes.  Pure: no I/O, no clock."""

import hashlib
import json
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

MOST_ROWS = 1000  # of a block: one that holds as many may have left others behind
FIRST = "0" * 64
_ENTRY = struct.Struct(">q32s")
_KNOWN = re.compile(r"([1-9]\d{0,8}):([0-9a-f]{64})")


class Row(Protocol):
    """A row of the journal, as the database gives it back."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def account_id(self) -> int | None: ...
    @property
    def actor_name(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def record_type(self) -> str: ...
    @property
    def record_id(self) -> str: ...
    @property
    def patient_id(self) -> int | None: ...
    @property
    def detail(self) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain after block *number*, as it is kept elsewhere: ``12:a41f…``."""

    number: int
    word: str

    def __str__(self) -> str:
        return f"{self.number}:{self.word}"


def head_from(text: str) -> Head:
    """What ``str`` of one says.  Raises: ``ValueError``."""
    found = _KNOWN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"no head: {text!r}")
    return Head(int(found[1]), found[2])


def digest_of(row: Row) -> bytes:
    """32 bytes: another row, or this one with anything changed, has others."""
    at = row.at.isoformat(timespec="microseconds")
    told = (row.id, at, row.account_id, row.actor_name, row.action, row.record_type)
    return _hashed([*told, row.record_id, row.patient_id, row.detail]).digest()


def packed(entries: Iterable[tuple[int, bytes]]) -> bytes:
    return b"".join(_ENTRY.pack(number, digest) for number, digest in entries)


def unpacked(content: bytes) -> list[tuple[int, bytes]]:
    """Raises: ``ValueError`` where *content* is no whole number of entries."""
    if len(content) % _ENTRY.size:
        raise ValueError("not a list of entries")
    return list(_ENTRY.iter_unpack(content))


def count_in(content: bytes) -> int:
    return len(content) // _ENTRY.size


def next_head(
    before: str, number: int, sealed_at: datetime, awaited: object, entries: bytes
) -> str:
    """The head of a block: it holds all of it, and the head *before*."""
    told = [before, number, sealed_at.isoformat(timespec="microseconds"), awaited]
    head = _hashed(told)
    head.update(entries)
    return head.hexdigest()


def _hashed(told: Sequence[object]) -> "hashlib._Hash":
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode())
