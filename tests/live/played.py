"""
A portal with something live in it, as a slice would put it there: words that everybody with an open
page reads.  Served as ``clinicweb serve`` is, by the very server.

- ``{"live": "say", "text": …, "to": "1 2"}`` tells those accounts; ``wish`` tells the sender alone;
- ``shout`` says the same ``times`` times;
- ``{"live": "boom"}`` fails, ``{"live": "refuse"}`` is refused;
- ``/pizarra`` is a page that shows what is said, and asks for what it missed.
"""

from collections.abc import Mapping
from itertools import count
from typing import Any

from flask import Blueprint, Flask, Response, make_response, render_template_string, request

from clinicweb.core import events
from clinicweb.core.errors import NotAllowed
from clinicweb.core.events import Event
from clinicweb.core.viewer import Viewer
from clinicweb.web import live
from clinicweb.web.guards import signed_in

bp = Blueprint("board", __name__)
_said: list[tuple[int, str]] = []
_numbers = count(1)

_PART = """
<hx-partial hx-target="#board" hx-swap="beforeend" hx-nonce="{{ csp_nonce }}">
{% for number, text in lines %}
<li id="line-{{ number }}">
  <a href="/pizarra" hx-get="/pizarra" hx-nonce="{{ csp_nonce }}">{{ viewer.name }}: {{ text }}</a>
</li>
{% endfor %}
</hx-partial>
"""
_PAGE = """
{% extends layout %}
{% block title %}Pizarra{% endblock %}
{% block main %}
<h1>Pizarra</h1>
<p><a href="/pizarra?otra">Otra</a> <a href="/mis-datos">Datos</a></p>
<ul id="board" data-live></ul>
<form method="get" action="/pizarra" data-socket hx-nonce="{{ csp_nonce }}">
  <input type="hidden" name="live" value="say">
  <label for="text">Texto</label> <input id="text" name="text" maxlength="200">
  <button class="button">Decir</button>
</form>
<a href="/pizarra" hx-get="/pizarra/nuevo" hx-trigger="live:poll from:body" hx-swap="none"
   hx-nonce="{{ csp_nonce }}">Actualizar</a>
{% endblock %}
"""


@bp.get("/pizarra")
@signed_in
def board() -> str:
    fragment = request.headers.get("HX-Request-Type") == "partial"
    return render_template_string(_PAGE, layout="_fragment.html" if fragment else "_page.html")


@bp.get("/pizarra/nuevo")
@signed_in
def news() -> Response:
    lines = [line for line in _said if line[0] > 0]
    return make_response(render_template_string(_PART, lines=lines))


def _say(viewer: Viewer, fields: Mapping[str, str]) -> None:
    number = next(_numbers)
    _said.append((number, fields["text"]))
    to = {int(word) for word in fields.get("to", "").split()} | {viewer.account_id}
    ids = {"number": str(number), "text": fields["text"]}
    events.signal(Event("board.said", frozenset(to), ids))


def _shout(viewer: Viewer, fields: Mapping[str, str]) -> None:
    """The same again and again, as when everybody writes at once."""
    for _ in range(int(fields["times"])):
        _say(viewer, fields)


def _show(_viewer: Viewer, event: Event) -> str:
    lines = [(event.ids["number"], event.ids["text"])]
    return render_template_string(_PART, lines=lines)


def _refuse(_viewer: Viewer, _fields: Mapping[str, str]) -> None:
    raise NotAllowed("board.closed")


live.renders("board.said", _show)
live.handles("say", _say)
live.handles("shout", _shout)
live.handles("wish", lambda _viewer, fields: f"<p>{len(fields['text'])}</p>")
live.handles("refuse", _refuse)
live.handles("boom", lambda _viewer, _fields: str(1 / 0))


def install() -> None:
    """Every portal of this process has it."""
    from clinicweb import server

    make = server.create_app

    def with_board(*args: Any, **options: Any) -> Flask:
        app = make(*args, **options)
        app.register_blueprint(bp)
        live.is_wanted(app, bool)
        return app

    server.create_app = with_board  # type: ignore[assignment]
