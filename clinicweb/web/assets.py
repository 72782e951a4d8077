"""
Static files: read, hashed and compressed once at start, served from memory for ever.

The hash stands in the address, so a browser never asks twice for the same bytes.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from clinicweb.web.guards import public

ROOT = Path(__file__).parent.parent / "static"

SERVED_SUFFIXES = (".css", ".js", ".svg", ".txt")

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
    """All files below *root* that are served, by name."""
    return {
        path.relative_to(root).as_posix(): _asset(path.name, path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.suffix in SERVED_SUFFIXES
    }


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
