"""The short code of a sealed document: sixty bits, in letters and digits nobody mistakes.  Pure."""

import re
import secrets

LENGTH = 12
_GROUP = 4
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_MARK = "clinicweb"
_MARKED = re.compile(rf"{_MARK}([{ALPHABET}]{{{LENGTH}}})".encode())


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str | None:
    """As typed from paper, with any blanks and dashes; ``None`` where it cannot be one."""
    found = re.sub(r"[\s.\-–—]", "", typed).upper()
    is_code = len(found) == LENGTH and set(found) <= set(ALPHABET)
    return found if is_code else None


def shown_code(code: str) -> str:
    """``ABCD-EFGH-JKLM``"""
    return "-".join(code[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))


def mark_of(code: str) -> str:
    """How a sealed file names its code in plain bytes, so that a damaged one still tells it."""
    return f"{_MARK}{code}"


def marked_code(content: bytes) -> str | None:
    found = _MARKED.search(content)
    return found[1].decode() if found else None
