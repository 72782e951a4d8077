"""Where what went wrong becomes an answer: a page or fragment in plain words, the right status."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from clinicweb.core import errors
from clinicweb.core.i18n import _, lazy
from clinicweb.web.render import page

log = logging.getLogger(__name__)

Text = Any  # a lazy string of the catalogue


@dataclass(frozen=True, slots=True)
class Told:
    """What a person reads: a heading, and what they can still do."""

    heading: Text
    text: Text


NOT_FOUND = Told(
    lazy("No encontramos esta página"),
    lazy("La dirección puede estar incompleta, o lo que busca ya no existe."),
)
FORM_EXPIRED = Told(
    lazy("El formulario ya no es válido"),
    lazy(
        "Pasó mucho tiempo o su sesión cambió. Vuelva atrás, recargue la página e intente de nuevo."
    ),
)
OTHER_SITE = Told(
    lazy("No pudimos aceptar este envío"),
    lazy("Llegó desde otro sitio. Por seguridad, hágalo desde las páginas de este portal."),
)
TOO_MANY = Told(
    lazy("Demasiados intentos"),
    lazy("Por seguridad hay que esperar un momento. Vuelva a intentarlo más tarde."),
)
UNAVAILABLE = Told(
    lazy("El portal no responde en este momento"),
    lazy("No se guardó nada de lo último que hizo. Intente de nuevo en unos minutos."),
)
FAILED = Told(
    lazy("Algo falló de nuestro lado"),
    lazy("No es culpa suya. Intente de nuevo; si sigue igual, llame a la clínica."),
)
NOT_UNDERSTOOD = Told(
    lazy("No pudimos entender la solicitud"),
    lazy("Vuelva atrás e intente de nuevo."),
)
TOO_LARGE = Told(
    lazy("Lo enviado es demasiado grande"),
    lazy("Vuelva atrás y envíe menos datos."),
)
NO_ROOM = Told(
    lazy("No hay espacio para guardar el archivo"),
    lazy("No se guardó nada. Intente más tarde; si es urgente, llame a la clínica."),
)

BY_STATUS: Mapping[int, Told] = {
    403: OTHER_SITE,
    404: NOT_FOUND,
    405: NOT_FOUND,
    413: TOO_LARGE,
    429: TOO_MANY,
    500: FAILED,
    503: UNAVAILABLE,
    507: NO_ROOM,
}

# Reason and conflict codes of the slices, each with its one text, or what makes it of values.
_REASONS: dict[str, Text] = {}


def register_reasons(reasons: Mapping[str, Text]) -> None:
    _REASONS.update(reasons)


def reason_text(code: str, **values: Any) -> str:
    """The sentence for a refusal's *code*; the same on page, button and mail."""
    text = _REASONS[code]
    return str(text(**values) if callable(text) else text)


def error_page(status: int, told: Told) -> Response:
    links = ((_("Volver al inicio"), "/"),)
    return page(
        "errors/error.html",
        status,
        heading=str(told.heading),
        text=str(told.text),
        links=links,
        code=status,
    )


def _on_http_error(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()  # type: ignore[return-value]
    response = error_page(error.code or 500, BY_STATUS.get(error.code or 500, NOT_UNDERSTOOD))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    if error.code == 429:
        response.headers.setdefault("Retry-After", "60")
    return response


def _on_refusal(error: errors.NotAllowed) -> Response:
    told = Told(lazy("No se puede hacer ahora"), reason_text(error.reason, **error.values))
    return error_page(403, told)


def _on_conflict(error: errors.Conflict) -> Response:
    return error_page(409, Told(lazy("Algo cambió mientras tanto"), reason_text(error.code)))


def _on_too_many(error: errors.TooManyAttempts) -> Response:
    response = error_page(429, TOO_MANY)
    response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _on_unavailable(error: errors.Unavailable) -> Response:
    log.error("database unavailable", exc_info=error)
    response = error_page(503, UNAVAILABLE)
    response.headers["Retry-After"] = "10"
    return response


def _on_no_room(error: errors.NoRoom) -> Response:
    log.error("no room for files", exc_info=error)
    return error_page(507, NO_ROOM)


def _on_crash(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    log.error("request failed, reference %s", reference, exc_info=error)
    told = Told(FAILED.heading, _("%(text)s Referencia: %(ref)s", text=FAILED.text, ref=reference))
    g.setdefault("viewer", None)
    return error_page(500, told)


def init_app(app: Flask) -> None:
    app.register_error_handler(errors.NotFound, lambda _error: error_page(404, NOT_FOUND))
    app.register_error_handler(errors.NotAllowed, _on_refusal)
    app.register_error_handler(errors.Conflict, _on_conflict)
    app.register_error_handler(errors.InvalidInput, lambda _error: error_page(422, NOT_UNDERSTOOD))
    app.register_error_handler(errors.TooManyAttempts, _on_too_many)
    app.register_error_handler(errors.Unavailable, _on_unavailable)
    app.register_error_handler(errors.NoRoom, _on_no_room)
    app.register_error_handler(CSRFError, lambda _error: error_page(400, FORM_EXPIRED))
    app.register_error_handler(HTTPException, _on_http_error)
    if not app.testing:
        app.register_error_handler(Exception, _on_crash)
