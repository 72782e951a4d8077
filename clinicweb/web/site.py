"""What belongs to the portal as a whole: its health, and the reader's language."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request, session

from clinicweb.core.db import reading
from clinicweb.core.i18n import LANGUAGES
from clinicweb.web.guards import public, safe_next

bp = Blueprint("web", __name__)


@bp.get("/salud")
@public
def health() -> Response:
    """200 while the portal and its database answer; for load balancers and start-up."""
    with reading() as database:
        database.connection()
    return Response("ok\n", mimetype="text/plain")


@bp.post("/idioma")
@public
def language() -> Response:
    chosen = request.form.get("lang", "")
    if chosen in LANGUAGES:
        session["lang"] = chosen
    return redirect(safe_next(_path_of_referrer()), 303)  # type: ignore[return-value]


def _path_of_referrer() -> str:
    """The page that the button stood on; only its path, so never another site."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return "/"
    # Not the scheme: a proxy may have taken the TLS off.
    if parts.netloc != request.host:
        return "/"
    return parts._replace(scheme="", netloc="", fragment="").geturl()
