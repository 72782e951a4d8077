"""A test client that reads every answer as a strict browser would, and counts its queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from tests.browser_form import Form
from tests.html_check import check_page, check_part, check_response, nonce_of
from tests.markup.document import Document, parse_fragment, parse_page, shown, text_of
from tests.markup.headers import check_static_caching
from tests.query_log import collected_queries

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

MAIN = "main#main"
_SAME = "thesameineverypage"
_CSRF = re.compile(r'(name="csrf_token" value=")[^"]+')
STATIC = "assets.serve"


class CheckedClient(FlaskClient):
    """
    Raises ``AssertionError`` with every complaint about an answer: markup, headers, queries.

    Attributes:
        url, page: where the last page or fragment came from, and it, parsed.
        last: the last answer.  last_queries: the statements it took.
        query_budget: how many statements a page may take.
        may_fail: a test that makes the portal fail says so, else a 500 is an error.
        judges_markup: not where pages are walked for something else, and judged by others.
    """

    query_budget = 8
    may_fail = False
    judges_markup = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = "/"
        self._unread: tuple[Callable[[str], Document], str] | None = None
        self._page: Document | None = None
        self.last: TestResponse | None = None
        self.last_queries: list[str] = []

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        assert not kwargs.get("follow_redirects"), "look at the answer, then follow()"
        with collected_queries() as self.last_queries:
            self.last = response = super().open(*args, **{"buffered": True} | kwargs)
        complaints = self._complaints(response)
        where = f"{response.request.method} {response.request.path} → {response.status}"
        assert not complaints, "\n".join([where, *complaints])
        if response.mimetype == "text/html" and response.data and not _is_redirect(response):
            self._show(response)
        return response

    @property
    def page(self) -> Document | None:
        if self._unread is not None:  # most answers are never looked into
            parse, html = self._unread
            self._page, self._unread = parse(html), None
        return self._page

    @property
    def origin(self) -> str:
        return f"http://{self.application.config.get('SERVER_NAME') or 'localhost'}"

    def form(self, wanted: str | None = None) -> Form:
        """The form with the id ``#wanted``, the action or the button *wanted*, or the only one."""
        page = self._current_page()
        forms = [form for form in page.elements("form") if wanted is None or _is(form, wanted)]
        offered = [shown(form) for form in page.elements("form")]
        assert len(forms) == 1, f"{len(forms)} forms are {wanted!r} among {offered}"
        return Form(self, page, forms[0])

    def click(self, words: str, **headers: str) -> TestResponse:
        """Follow the link that reads *words*."""
        links = [link for link in self._current_page().elements("a") if text_of(link) == words]
        offered = [text_of(link) for link in self._current_page().elements("a")]
        addresses = {link.get("href", "") for link in links}
        assert len(addresses) == 1, f"{len(addresses)} links read {words!r} among {offered}"
        return self.get(urljoin(self.url, addresses.pop()), headers=headers)

    def follow(self, **headers: str) -> TestResponse:
        """Go where the last answer sends the browser."""
        assert self.last is not None
        assert _is_redirect(self.last), f"{self.last.status} leads nowhere"
        address = urljoin(self.last.request.path, self.last.headers["Location"])
        return self.get(address, headers=headers)

    def htmx_get(self, url: str, target: str = MAIN) -> TestResponse:
        return self.get(url, headers=self.htmx_headers(target))

    def htmx_headers(self, target: str = MAIN) -> dict[str, str]:
        """What htmx says of a request whose answer goes into *target* (``tag#id``)."""
        return {
            "HX-Request": "true",
            "HX-Request-Type": "partial",
            "HX-Target": target,
            "HX-Current-URL": urljoin(self.origin, self.url),
        }

    def text(self) -> str:
        """The words of the last page."""
        return text_of(self._current_page().root)

    def _current_page(self) -> Document:
        assert self.page is not None, "no page yet"
        return self.page

    def _show(self, response: TestResponse) -> None:
        if answer_kind(response) == "part":
            return
        parse = parse_page if answer_kind(response) == "page" else parse_fragment
        self._unread = parse, response.get_data(as_text=True)
        self.url = urlsplit(response.request.url)._replace(scheme="", netloc="").geturl()

    def _complaints(self, response: TestResponse) -> list[str]:
        request = response.request
        guard = guard_of(self.application, request.environ)
        is_file = guard == STATIC and response.status_code == 200
        is_static = is_file and request.method in ("GET", "HEAD")
        complaints = check_response(
            response,
            is_private=not is_static and (guard != "public" or "Cookie" in request.headers),
            is_secure=request.is_secure,
        )
        if response.status_code == 500 and not self.may_fail:
            complaints.append("the portal failed; its log says why")
        if is_static:
            complaints += check_static_caching(response)
        if response.mimetype == "text/html" and response.data and not _is_redirect(response):
            complaints += _markup_complaints(response) if self.judges_markup else []
            if request.method == "GET" and len(self.last_queries) > self.query_budget:
                complaints.append(f"{len(self.last_queries)} queries, over {self.query_budget}:")
                complaints += [" ".join(query.split()) for query in self.last_queries]
        return complaints


def answer_kind(response: TestResponse) -> str:
    """A whole ``page``, the ``fragment`` for the main part, or a ``part`` for a smaller place."""
    asked = response.request.headers
    if asked.get("HX-Request") != "true" or asked.get("HX-Request-Type") != "partial":
        return "page"
    is_main = asked.get("HX-Target", MAIN) == MAIN or response.headers.get("HX-Retarget") == "#main"
    return "fragment" if is_main else "part"


def guard_of(app: Any, environ: dict[str, Any]) -> str:
    """The name of the guard before the view that *environ* reaches; ``none`` where none is."""
    try:
        endpoint, _ = app.url_map.bind_to_environ(environ).match()
    except HTTPException:
        return "none"
    if endpoint == STATIC:
        return STATIC
    return str(app.view_functions[endpoint].guard.name)


def _markup_complaints(response: TestResponse) -> list[str]:
    html, nonce = response.get_data(as_text=True), nonce_of(response)
    if nonce:
        html, nonce = html.replace(nonce, _SAME), _SAME
    return list(_judged(_CSRF.sub(rf"\1{_SAME}", html), answer_kind(response), nonce))


@lru_cache(maxsize=2048)
def _judged(html: str, kind: str, nonce: str | None) -> tuple[str, ...]:
    """One page that many people see is read once: *html* is without what differs each time."""
    if kind == "part":
        return tuple(check_part(html, nonce=nonce))
    return tuple(check_page(html, is_fragment=kind == "fragment", nonce=nonce))


def _is_redirect(response: TestResponse) -> bool:
    return "Location" in response.headers and 300 <= response.status_code < 400


def _is(form: Element, wanted: str) -> bool:
    if wanted.startswith("#"):
        return form.get("id") == wanted[1:]
    buttons = [text_of(button) for button in form.iter("button")]
    return wanted in (form.get("action", "").partition("?")[0], *buttons)
