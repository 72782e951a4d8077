"""The headers every response carries: policy, caching, isolation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

EXACT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
UNSAFE_SOURCES = (
    "'unsafe-inline'",
    "'unsafe-eval'",
    "'unsafe-hashes'",
    "*",
    "http:",
    "https:",
    "data:",
)
NONCE = re.compile(r"'nonce-([A-Za-z0-9+/_=-]{16,})'")


def check_response(response: Response, *, is_private: bool, is_secure: bool = False) -> list[str]:
    """
    Complaints about the headers of *response*.

    Args:
        is_private: the route is behind sign-in, or the request carried a cookie.
        is_secure: the request came by https.
    """
    headers = response.headers
    complaints = [
        f"{name} is {headers.get(name)!r}, not {value!r}"
        for name, value in EXACT.items()
        if headers.get(name) != value
    ]
    if not headers.get("Permissions-Policy"):
        complaints.append("no Permissions-Policy")
    if is_secure and "max-age=" not in headers.get("Strict-Transport-Security", ""):
        complaints.append("no Strict-Transport-Security over https")
    complaints += _policy_complaints(headers.get("Content-Security-Policy", ""))
    return complaints + list(_caching_complaints(response, is_private=is_private))


def nonce_of(response: Response) -> str | None:
    found = NONCE.search(response.headers.get("Content-Security-Policy", ""))
    return found[1] if found else None


def _policy_complaints(policy: str) -> Iterator[str]:
    if not policy:
        yield "no Content-Security-Policy"
        return
    words = [directive.split() for directive in policy.split(";") if directive.strip()]
    directives = {name: sources for name, *sources in words}
    runs_nothing = directives.get("sandbox") == [] and "script-src" not in directives
    if not runs_nothing and not any(map(NONCE.fullmatch, directives.get("script-src", []))):
        yield "script-src has no nonce"
    for name in ("default-src", "base-uri", "form-action", "frame-ancestors"):
        if not directives.get(name):
            yield f"the policy has no {name}"
    for name in ("default-src", "script-src", "style-src", "base-uri", "form-action"):
        unsafe = [source for source in directives.get(name, []) if source in UNSAFE_SOURCES]
        yield from (f"{name} allows {source}" for source in unsafe)


def _caching_complaints(response: Response, *, is_private: bool) -> Iterator[str]:
    caching = response.headers.get("Cache-Control", "")
    is_page = response.mimetype == "text/html" and not 300 <= response.status_code < 400
    if is_page and response.get_data() and "HX-Request" not in response.vary:
        yield f"Vary is {response.headers.get('Vary')!r}, without HX-Request"
    if (is_private or "Set-Cookie" in response.headers) and "no-store" not in caching:
        yield f"Cache-Control is {caching!r}, not no-store, on a private answer"


def check_static_caching(response: Response) -> list[str]:
    caching = response.headers.get("Cache-Control", "")
    missing = [word for word in ("public", "immutable", "max-age=") if word not in caching]
    found = [f"Cache-Control of a static file is {caching!r}, without {word}" for word in missing]
    return found + (["a static file sets a cookie"] if "Set-Cookie" in response.headers else [])
