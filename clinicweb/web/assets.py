"""
Static files: read, hashed and compressed once at start, served from memory for ever.

The hash stands in the address, so a browser never asks twice for the same bytes.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from clinicweb.web.guards import public

ROOT = Path(__file__).parent.parent / "static"

SERVED_SUFFIXES = (".css", ".js", ".svg", ".txt")

_HTMX = ("vendor/htmx-4.0.1.min.js", "vendor/hx-csp-4.0.1.min.js", "js/page.js")
# Files that pages ask for as one: name → its parts, in order.  htmx starts as soon as it has run:
# with the gate in the same file there is no moment at which a page is processed without one.
JOINED: Mapping[str, tuple[str, ...]] = {
    "js/portal.js": _HTMX,
    "js/portal-captcha.js": ("js/captcha.js", *_HTMX),
    "js/line.js": ("vendor/hx-ws-4.0.1.min.js", "js/live.js"),
}
# Its file is run by a worker too, where there is no page that the others could serve.
_ALSO_WORKER = "js/captcha.js"

_ONE_YEAR = 365 * 24 * 3600
_EXTENSION = "clinicweb.assets"

bp = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file in the three forms that browsers accept."""

    digest: str
    mimetype: str
    plain: bytes
    gzip: bytes
    brotli: bytes


def load(root: Path = ROOT) -> dict[str, Asset]:
    """All files below *root* that are served, by name; parts of another are served in it alone."""
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.suffix in SERVED_SUFFIXES
    }
    joined = {
        name: _joined(files, parts) for name, parts in JOINED.items() if files.keys() >= set(parts)
    }
    inside = {part for name in joined for part in JOINED[name]}
    alone = {name: body for name, body in files.items() if name not in inside}
    return {name: _asset(name, body) for name, body in (alone | joined).items()}


def _joined(files: Mapping[str, bytes], parts: Sequence[str]) -> bytes:
    """*parts* one after the other; where a worker runs the file, what it must not is left out."""
    bodies = [files[part] for part in parts]
    if parts[0] != _ALSO_WORKER:
        return b"\n".join(bodies)
    return b"\n".join([bodies[0], b"if (self.document) {", *bodies[1:], b"}"])


@cache  # a process may make several apps, and brotli at its best is slow
def _asset(name: str, body: bytes) -> Asset:
    return Asset(
        digest=hashlib.sha256(body).hexdigest()[:12],
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
        plain=body,
        gzip=gzip.compress(body, 9, mtime=0),
        brotli=brotli.compress(body),
    )


def _assets() -> dict[str, Asset]:
    found: dict[str, Asset] = current_app.extensions[_EXTENSION]
    return found


def url(name: str) -> str:
    """The address of *name*, with its hash."""
    return url_for("assets.serve", digest=_assets()[name].digest, name=name)


@bp.get("/static/<digest>/<path:name>")
@public
def serve(digest: str, name: str) -> Response:
    asset = _assets().get(name)
    if asset is None or asset.digest != digest:
        abort(404)
    encoding = request.accept_encodings.best_match(("br", "gzip"))
    body = {"br": asset.brotli, "gzip": asset.gzip}.get(encoding or "", asset.plain)
    response = Response(body, mimetype=asset.mimetype)
    if encoding:
        response.content_encoding = encoding
    response.vary.add("Accept-Encoding")
    response.cache_control.public = True
    response.cache_control.max_age = _ONE_YEAR
    response.cache_control.immutable = True
    return response


def init_app(app: Flask) -> None:
    app.extensions[_EXTENSION] = load()
    app.register_blueprint(bp)
