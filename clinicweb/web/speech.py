"""Which language this reader gets: the one they chose, else their browser's, else Spanish."""

from flask import request, session

from clinicweb.core.i18n import LANGUAGES


def locale() -> str | None:
    """For Flask-Babel; None is the clinic's default."""
    chosen = session.get("lang")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES))
