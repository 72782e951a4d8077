"""
The program that opens a PDF and takes out what acts by itself.

One that holds nothing of the kind stays as it is, byte by byte: it may be signed. One that is
locked, or has other files inside, is refused: nobody could tell what they are.
"""

from pathlib import Path
from typing import Any

import pikepdf

from clinicweb.core.checking import DAMAGED, HAS_FILES, LOCKED, MADE, Refused, run

_MOST_OBJECTS = 20_000
_MOST_NESTED = 100
_TAIL_BYTES = 1024
_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition",
     "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView"}
)  # fmt: skip
_OF_ACTIONS = ("/S", "/F", "/Next", "/Win", "/Unix", "/Mac")
_RUNS = ("/JS", "/JavaScript", "/AA", "/XFA", "/RichMediaContent", "/RichMediaSettings")
_HOLDS_FILES = ("/EmbeddedFiles", "/EF")


def look(path: Path, folder: Path) -> dict[str, Any]:
    """Raises: ``Refused``."""
    try:
        return _look(path, folder / MADE)
    except pikepdf.PasswordError:
        raise Refused(LOCKED) from None


def _look(path: Path, made: Path) -> dict[str, Any]:
    with pikepdf.open(path, suppress_warnings=True) as document:
        is_changed = _take_out(document)
        if not len(document.pages):
            raise Refused(DAMAGED)
        is_made_anew = is_changed or not _ends_well(path)
        if is_made_anew:
            document.save(made)
    if is_made_anew:
        with pikepdf.open(made, suppress_warnings=True) as again:
            if _take_out(again):
                raise Refused(DAMAGED)
    return {"is_changed": is_changed, "is_made_anew": is_made_anew}


def _ends_well(path: Path) -> bool:
    """Whether nothing but blanks stands behind its end: another file may hide there."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _TAIL_BYTES))
        return file.read().rstrip(b"\r\n\0 ").endswith(b"%%EOF")


def _take_out(document: pikepdf.Pdf) -> bool:
    """Whether anything acted by itself, in any object of *document*."""
    if document.is_encrypted:
        raise Refused(LOCKED)
    if len(document.objects) > _MOST_OBJECTS:
        raise Refused(DAMAGED)
    found = False
    for thing in document.objects:
        found = _take_out_of(thing) or found
    return found


def _take_out_of(thing: pikepdf.Object) -> bool:
    waiting, found = [(thing, 0)], False
    while waiting:
        one, depth = waiting.pop()
        if depth > _MOST_NESTED:
            raise Refused(DAMAGED)
        found = _clean(one) or found
        waiting += [(part, depth + 1) for part in _parts(one)]
    return found


def _parts(thing: Any) -> list[Any]:
    """What lies within *thing* itself; what it points to is an object of its own."""
    if isinstance(thing, pikepdf.Array):
        parts = list(thing)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        parts = [value for _name, value in thing.items()]
    else:
        return []
    nested = (pikepdf.Array, pikepdf.Dictionary)
    return [part for part in parts if isinstance(part, nested) and not part.is_indirect]


def _clean(thing: Any) -> bool:
    if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return False
    if any(name in thing for name in _HOLDS_FILES):
        raise Refused(HAS_FILES)
    is_action = str(thing.get("/S", "")) in _ACTIONS
    running = [name for name in (*_RUNS, *(_OF_ACTIONS if is_action else ())) if name in thing]
    for name in running:
        del thing[name]
    return bool(running)


if __name__ == "__main__":
    run(look)
