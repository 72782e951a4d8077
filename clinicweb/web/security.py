"""What every answer carries and every unsafe request must show."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden

from clinicweb.core import db

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_NEVER = "geolocation=(), payment=(), usb=()"
_FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # same-origin, not no-referrer: the CSRF check over https reads the Referer.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": f"camera=(), microphone=(), display-capture=(), {_NEVER}",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def allow_devices(response: Response) -> Response:
    """*response* is a page that sees and hears: no other one may."""
    response.headers["Permissions-Policy"] = (
        f"camera=(self), microphone=(self), display-capture=(self), {_NEVER}"
    )
    return response


class CrossSite(Forbidden):
    """The request comes from a page of somebody else."""


def csp_nonce() -> str:
    """The nonce of this answer; made when first asked for."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def content_security_policy(nonce: str, frame_ancestors: tuple[str, ...]) -> str:
    ancestors = " ".join(("'self'", *frame_ancestors))
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data:; media-src 'self'; worker-src 'self'; connect-src 'self'; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}; "
        "require-trusted-types-for 'script'; trusted-types htmx captcha push"
    )


def _refuse_cross_site() -> None:
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise CrossSite
    origin = request.headers.get("Origin")
    if origin is not None and _host_of(origin) != request.host:
        raise CrossSite


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _shut_the_writing_doors() -> None:
    if request.method in SAFE_METHODS:
        g.writes_forbidden = db.writes_forbidden()
        g.writes_forbidden.__enter__()


def reopen_the_writing_doors(_error: BaseException | None = None) -> None:
    """When the request has ended; or earlier, where it began as a GET and became a socket."""
    scope = g.pop("writes_forbidden", None)
    if scope is not None:
        scope.__exit__(None, None, None)


def _is_private(response: Response) -> bool:
    return bool(g.get("viewer")) or "Set-Cookie" in response.headers


def init_app(app: Flask, *, frame_ancestors: tuple[str, ...], https: bool) -> None:
    """Headers on every answer, CSRF tokens and the origin asked of every unsafe request."""
    app.before_request(_shut_the_writing_doors)
    app.teardown_request(reopen_the_writing_doors)
    app.before_request(_refuse_cross_site)
    CSRFProtect(app)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _FIXED_HEADERS.items():
            response.headers.setdefault(name, value)
        policy = content_security_policy(csp_nonce(), frame_ancestors)
        response.headers.setdefault("Content-Security-Policy", policy)
        if https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if _is_private(response) or not response.cache_control:
            response.headers["Cache-Control"] = "no-store"
        return response
