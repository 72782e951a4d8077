"""The name that a file is shown by: as its owner wrote it, without what plays tricks."""

import re
import unicodedata

from clinicweb.core.text import clean_line

LONGEST_LETTERS = 100
# A file system takes 255 bytes; a browser that saves a second one adds « (1)».
LONGEST_BYTES = 200
UNNAMED = "archivo"

_FOLDERS = re.compile(r"[/\\\u2044\u2215\uff0f\uff3c]")
_RESERVED = re.compile(r'[<>:"|?*]')
# They show nothing; the joiners U+200C and U+200D belong to letters and emoji.
_UNSEEN = re.compile(
    "[\u00ad\u180e\u200b\u2028\u2029\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb]"
)
_ENDING = re.compile(r"\.(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,5}$")
_OF_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_JOINERS = frozenset("\u200c\u200d")


def shown_name(typed: str, ending: str) -> str:
    """
    *typed* as a name that any system can save, with *ending* in place of its own.

    The ending says what the file is, whatever it was called: «foto.pdf» that is a picture becomes
    «foto.jpg». Folders are cut off; «診断書» and emoji stay.
    """
    last = _FOLDERS.split(typed)[-1]
    stem = _without_endings(_RESERVED.sub("_", _UNSEEN.sub("", clean_line(last))), ending)
    stem = _shortened(stem.strip(" .")).rstrip(" .") or UNNAMED
    if _OF_DEVICES.fullmatch(stem):
        stem = f"_{stem}"
    return f"{stem}.{ending}"


def _without_endings(name: str, ending: str) -> str:
    """*name* without its last ending, nor the right one before it: «foto.jpg.exe»."""
    stem = _ENDING.sub("", name)
    return stem[: -len(ending) - 1] if stem.lower().endswith(f".{ending}") else stem


def _shortened(stem: str) -> str:
    """The first letters of *stem*; none of them is cut in two."""
    if len(stem) <= LONGEST_LETTERS and len(stem.encode()) <= LONGEST_BYTES:
        return stem
    cut = stem[:LONGEST_LETTERS].encode()[:LONGEST_BYTES].decode(errors="ignore")
    while cut and _goes_on(stem, len(cut)):
        cut = cut[:-1]
    # One letter that goes on for ever is no letter.
    return cut or stem[:1]


def _goes_on(text: str, end: int) -> bool:
    """Whether what ends at *end* is a part of a letter with marks, or of a joined emoji."""
    is_joined = text[end - 1] in _JOINERS
    return is_joined or (end < len(text) and _is_mark(text[end]))


def _is_mark(letter: str) -> bool:
    is_variant = letter in _JOINERS or 0x1F3FB <= ord(letter) <= 0x1F3FF
    return is_variant or unicodedata.category(letter) in {"Mn", "Mc", "Me"}
