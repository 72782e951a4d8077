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
