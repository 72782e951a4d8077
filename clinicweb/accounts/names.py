"""The names a person may sign in with, normalised.  Pure."""

from collections.abc import Sequence

from clinicweb.accounts.models import AFFILIATION, DOCUMENT, EMAIL, USERNAME
from clinicweb.clinic.rules import SignIn
from clinicweb.core import documents
from clinicweb.core.text import clean_line


def username(text: str) -> str:
    return clean_line(text).casefold()


def candidates(text: str, rules: SignIn) -> list[tuple[str, str]]:
    """What *text* may mean, as (kind, value), the likelier first: only what *rules* sign in by."""
    found = [(DOCUMENT, value) for value in _documents(text, rules.document_types)]
    others = [(USERNAME, username(text)), (EMAIL, username(text)), (AFFILIATION, affiliation(text))]
    return [(kind, value) for kind, value in (*found, *others) if kind in {*rules.names, USERNAME}]


def affiliation(text: str) -> str:
    """An affiliation number without the blanks and dashes that people put into it."""
    return clean_line(text).upper().replace(" ", "").replace("-", "")


def _documents(text: str, document_types: Sequence[str]) -> list[str]:
    found = []
    for document_type in document_types:
        try:
            found.append(documents.normalise(document_type, text))
        except ValueError:
            continue
    return found
