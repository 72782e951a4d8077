"""The names a person may sign in with, normalised.  Pure."""

from collections.abc import Sequence

from clinicweb.accounts.models import DOCUMENT, USERNAME
from clinicweb.core import documents
from clinicweb.core.text import clean_line


def username(text: str) -> str:
    return clean_line(text).casefold()


def candidates(text: str, document_types: Sequence[str]) -> list[tuple[str, str]]:
    """What *text* may mean, likeliest first: (kind, value) of documents, then of a user name."""
    found = []
    for document_type in document_types:
        try:
            found.append((DOCUMENT, documents.normalise(document_type, text)))
        except ValueError:
            continue
    return [*found, (USERNAME, username(text))]


def shown(kind: str, value: str, document_types: Sequence[str]) -> str:
    """A stored name as its owner writes it: 12345678-5 → 12.345.678-5."""
    if kind != DOCUMENT:
        return value
    likely = (each for each in document_types if documents.is_valid(each, value))
    return next((documents.display(each, value) for each in likely), value)
