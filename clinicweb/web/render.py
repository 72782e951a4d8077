"""One template, two clothes: a whole page, or the fragment that htmx swaps into one."""

import re
from collections.abc import Mapping
from typing import Any

from flask import (
    Flask,
    Request,
    Response,
    g,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from htmx_flask import Htmx
from htmx_flask.requests import HtmxHeaders
from jinja2 import StrictUndefined
from jinja2.ext import Extension

from clinicweb.core import i18n
from clinicweb.web import assets, security
from clinicweb.web.icons import favicon, icon

_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)

FRAGMENT_VARIES_BY = (
    "HX-Request",
    "HX-Request-Type",
    "HX-History-Restore-Request",
    "HX-Target",
)


def wants_fragment() -> bool:
    """Whether htmx will swap the answer into a page that stands already."""
    htmx = htmx_of(request)
    is_partial = request.headers.get("HX-Request-Type") == "partial"
    return bool(htmx) and is_partial and not htmx.history_restore_request


def wants_part(template: str) -> bool:
    """Whether htmx asks for the part of *template* alone, by the id that the part's root has."""
    target = htmx_of(request).target or ""
    name = template.rpartition("/")[2].removesuffix(".html").removeprefix("_").replace("_", "-")
    return wants_fragment() and target.rpartition("#")[2] == name


def fills_main() -> bool:
    """Whether htmx puts the answer in the place of the page that stands: not a window or part."""
    return wants_fragment() and (htmx_of(request).target or "").endswith("#main")


def htmx_of(asked: Request) -> HtmxHeaders:
    """What htmx says of itself in *asked*; false when it is not htmx that asks."""
    found: HtmxHeaders = asked.htmx  # type: ignore[attr-defined]
    return found


def page(template: str, /, status: int = 200, **context: Any) -> Response:
    """The page of *template*, or its fragment: the same handler answers both."""
    layout = "_fragment.html" if wants_fragment() else "_page.html"
    answer = _answer(render_template(template, layout=layout, **context), status)
    if _is_asked_for_a_window():
        # What was to come into a window is a page after all: it takes the place of the page.
        answer.headers["HX-Retarget"] = "#main"
        answer.headers["HX-Reswap"] = "outerHTML show:none"
    return answer


def _is_asked_for_a_window() -> bool:
    return wants_fragment() and (htmx_of(request).target or "").endswith("#window")


def whole_page(template: str, /, status: int = 200, **context: Any) -> Response:
    """A page that is never swapped into another: it brings scripts and rights of its own."""
    return _answer(render_template(template, layout="_page.html", **context), status)


def part(template: str, /, status: int = 200, **context: Any) -> Response:
    """A part that lives alone: the same file that pages include."""
    return _answer(render_template(template, **context), status)


def _answer(html: str, status: int) -> Response:
    response = make_response(html, status)
    # Nobody keeps the answer to a POST, nor that to who is signed in: the rest would only weigh.
    is_kept_by_nobody = request.method == "POST" or bool(g.get("viewer"))
    response.vary.update(FRAGMENT_VARIES_BY[:1] if is_kept_by_nobody else FRAGMENT_VARIES_BY)
    return response


def see_other(endpoint: str, /, **values: Any) -> Response:
    """303: what was posted is done; here is where to look."""
    return make_response(redirect(url_for(endpoint, **values), 303))


class _Unindented(Extension):
    """Pages travel without the indent that their templates are written with."""

    def preprocess(self, source: str, *_: str | None) -> str:
        return _INDENT.sub("", source)


class _Labels:
    """A clinic's words for buttons, in the reader's language."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = labels

    def __getattr__(self, name: str) -> str:
        try:
            text = self._labels[name]
        except KeyError:
            raise AttributeError(name) from None
        return i18n._(text) if text else ""


def init_app(app: Flask, *, labels: Mapping[str, str], clinic: Any) -> None:
    """Strict templates, and what every one of them may use."""
    Htmx(app)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension(_Unindented)
    app.jinja_env.globals.update(
        clinic=clinic,
        static=assets.url,
        icon=icon,
        favicon=favicon(),
        labels=_Labels(labels),
        languages=i18n.LANGUAGES,
    )

    @app.context_processor
    def of_this_answer() -> dict[str, Any]:
        return {
            "csp_nonce": security.csp_nonce(),
            "lang": i18n.language(),
            "notices": get_flashed_messages(with_categories=True),
        }
