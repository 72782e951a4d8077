"""The names a person may sign in with, normalised.  Pure."""

from collections.abc import Sequence

from clinicweb.accounts.models import AFFILIATION, DOCUMENT, EMAIL, USERNAME
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core import documents
from clinicweb.core.text import clean_line


def username(text: str) -> str:
    return clean_line(text).casefold()


def candidates(text: str, rules: SignIn) -> list[tuple[str, str]]:
    """What *text* may mean, as (kind, value), the likelier first: only what *rules* sign in by."""
    found = [(DOCUMENT, value) for value in _documents(text, rules.document_types)]
    # Chosen freely, so they come last: nobody takes a name that is somebody's number or address.
    chosen = (USERNAME, username(text))
    given = (EMAIL, username(text)), (AFFILIATION, documents.card_number(text))
    return [(kind, value) for kind, value in (*found, *given) if kind in rules.names] + [chosen]


def _documents(text: str, document_types: Sequence[str]) -> list[str]:
    found = []
    for document_type in document_types:
        try:
            found.append(documents.normalise(document_type, text))
        except ValueError:
            continue
    return found


def shown(kind: str, value: str, document_types: Sequence[str]) -> str:
    """A stored name as its owner writes it: 12345678-5 → 12.345.678-5."""
    if kind != DOCUMENT:
        return value
    likely = (each for each in document_types if documents.is_valid(each, value))
    return next((documents.display(each, value) for each in likely), value)
