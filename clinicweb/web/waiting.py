"""Too often: the form once more, with how long to wait in words."""

from collections.abc import Callable
from typing import Any

from flask import Response

from clinicweb.core import i18n
from clinicweb.core.errors import TooManyAttempts


def slow_down(
    form: Any, limit: TooManyAttempts, show: Callable[[int], Response], *, text: str | None = None
) -> Response:
    """
    *show* the page of *form* with status 429; what was typed is still there.

    Args:
        text: other words than «espere … minutos».
    """
    seconds = limit.retry_after_seconds
    form.form_errors.append(i18n.wait_text(seconds) if text is None else text)
    response = show(429)
    response.headers["Retry-After"] = str(seconds)
    return response
