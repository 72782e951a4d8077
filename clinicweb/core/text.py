"""What people typed, made safe to store, compare and search."""

import hashlib
import re
import unicodedata

# These reorder what surrounds them: a name could display as another one.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_SPACES = re.compile(r"\s+")
_MANY_BREAKS = re.compile(r"\n{4,}")


def clean_line(text: str) -> str:
    """*text* as one NFC line: no control or direction characters, single spaces."""
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text))
    text = _BIDI_CONTROLS.sub("", text)
    return "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cs"}).strip()


def clean_text(text: str) -> str:
    """*text* of several lines: as ``clean_line``, but for its line breaks and spaces."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _BIDI_CONTROLS.sub("", text.replace("\t", "    "))
    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})
    return _MANY_BREAKS.sub("\n\n\n", "".join(kept)).strip()


def only_digits(text: str) -> str:
    """The digits of *text*, of whatever script, as 0 to 9: codes are typed in many ways."""
    return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())


def search_key(text: str) -> str:
    """*text* without accents and case, for comparing: «Núñez» → ``nunez``."""
    decomposed = unicodedata.normalize("NFKD", clean_line(text).casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def text_hash(text: str) -> str:
    """By which a text that people accept is known, whatever its version says."""
    return hashlib.sha256(text.encode()).hexdigest()


def paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())


def noted(text: str) -> str:
    """*text*, collected for the catalogue here and translated where it is shown."""
    return text
