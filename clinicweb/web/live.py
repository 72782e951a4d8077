"""
``/live``: one socket for each page of a signed-in person, and what slices put through it.

A slice registers once, when its module is imported::

    live.renders("chat.message", show_message)   # show_message(viewer, event) -> HTML or None
    live.handles("chat.send", take_message)      # take_message(viewer, fields) -> HTML or None
    live.greets(show_waiting)                    # show_waiting(viewer) -> HTML or None
    live.recalls(list_missed)                    # list_missed(since) -> events
    live.is_wanted(app, lambda viewer: …)        # in its wiring: whose pages hold a socket

**Out.** After the commit that announced an event (``core.events``), each account in ``event.to``
that has a page open here gets what ``show_message`` made for it: called once for each reader and
language, in the order of the events, with an app and a request context (``url_for``, ``_()``,
``render_template``, ``csp_nonce``, ``csrf_token()`` all are the reader's own), never for somebody
whose session has ended.  None, "" or a ``DomainError`` (``NotFound`` for who may see it no longer)
tell that reader nothing.  Load with ``queries`` there, as a view would; share a load between
readers by a small cache keyed by the ids of the event.  The HTML is one or several parts, each of
which says where it goes: ``<hx-partial hx-target="#messages" hx-swap="beforeend" hx-nonce=…>…``
or an element with ``hx-swap-oob``.  Nothing else is swapped.

**In.** A form with ``data-socket`` and a hidden field ``live`` = ``chat.send`` sends its fields as
one JSON object while the socket is open, and is the form that it is without one; then an event
``live:sent`` happens on it, and what was typed is the page's to clear.  (Not ``hx-ws:send``: its
form waits for a socket for ever.)  A script sends fields by an event (see ``static/js/live.js``).
The function registered by that name gets them as text by name, may write (``db.transaction``), and
gives parts for the sender's page alone, or None.  A ``DomainError`` from it tells the page just
that it failed (``live:failed`` on the body, its detail ``name`` and the ``key`` that was sent): the
page then sends the form by POST, whose answer says why.  Frames that are no JSON object, or name
nothing, are forgotten.

**Without Redis** other processes cannot be heard: each asks ``list_missed`` about once a second for
what happened meanwhile, of which some may be told twice.

**Without a socket** (blocked, full, line lost) the body of the page gets an event ``live:poll``
every 15–20 seconds while it is looked at, and at once when the socket opens: an element with
``hx-trigger="live:poll from:body"`` asks for what came after the last that it has.  Where a page
shows what changes by itself, an element of it carries ``data-live``: there the person is told when
the line is lost.

Limits: ``sockets`` (16 KB a message, 64 in the outbox, ping every 25 s) and ``switchboard`` (5
sockets an account, 10 messages a second each).
"""

import json
import logging
import re
from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_sock import Sock
from flask_wtf.csrf import generate_csrf
from werkzeug.test import create_environ

from clinicweb.config import Settings
from clinicweb.core import events, i18n
from clinicweb.core.errors import DomainError
from clinicweb.core.viewer import Viewer
from clinicweb.web import delivery, security, sockets
from clinicweb.web.delivery import Delivery, Render, Sessions
from clinicweb.web.guards import Guard, marked
from clinicweb.web.hub import MemoryHub
from clinicweb.web.redis_hub import Recall, RedisHub
from clinicweb.web.sockets import Connection, Person
from clinicweb.web.switchboard import FULL, Switchboard, bucket

log = logging.getLogger(__name__)

Handle = Callable[[Viewer, Mapping[str, str]], str | None]
Greet = Callable[[Viewer], str | None]

PATH = "/live"
_SWITCHBOARD = "clinicweb.live.switchboard"
_DELIVERY = "clinicweb.live.delivery"
_SESSIONS = "clinicweb.live.sessions"
_WANTED = "clinicweb.live.wanted"
_HUB = "clinicweb.live.hub"
_NONCE = re.compile(r"[A-Za-z0-9_-]{22}")
_MOST_FIELDS = 32

_renders: dict[str, Render] = {}
_merged_by: dict[str, str] = {}
_handles: dict[str, Handle] = {}
_greets: list[Greet] = []
_recalls: list[Recall] = []

bp = Blueprint("live", __name__)
_sock = Sock()


def renders(kind: str, show: Render, *, merged_by: str = "") -> None:
    """Events of *kind* are shown by *show*; of *merged_by* tells ``delivery.merged``."""
    _renders[kind] = show
    if merged_by:
        _merged_by[kind] = merged_by


def handles(name: str, take: Handle) -> None:
    """Frames that say ``live`` = *name* are given to *take*."""
    _handles[name] = take


def greets(show: Greet) -> None:
    """A page that has just opened its socket gets what *show* makes for it, where that is any."""
    _greets.append(show)


def recalls(find: Recall) -> None:
    """While other processes cannot be heard, *find* looks for what happened after an instant."""
    _recalls.append(find)


def is_wanted(app: Flask, wants: Callable[[Viewer], bool]) -> None:
    """The pages of whom *wants* says so hold a socket."""
    app.extensions[_WANTED].append(wants)


def init_app(app: Flask, settings: Settings, sessions: Sessions) -> None:
    """The route, its limits, and the hub of this process."""
    limit, base_url = settings.live_sockets, settings.base_url
    switchboard = Switchboard(limit)
    found = Delivery(app, switchboard, sessions, _renders, _merged_by)
    app.extensions[_SWITCHBOARD], app.extensions[_DELIVERY] = switchboard, found
    app.extensions[_SESSIONS], app.extensions[_WANTED] = sessions, []
    app.extensions[delivery.ENVIRON] = create_environ(PATH, base_url or "http://localhost")
    app.config["SOCK_SERVER_OPTIONS"] = {
        "ping_interval": sockets.PING_SECONDS,
        "max_message_size": sockets.LARGEST_BYTES,
        "thread_class": sockets.NoThread,
        "event_class": sockets.NoEvent,
    }
    app.register_blueprint(bp)
    app.teardown_request(_give_back_the_place)
    app.context_processor(lambda: {"is_live": _is_live(app), "live_path": PATH})
    app.extensions[_HUB] = hub = _hub(settings, found)
    events.use(hub)


def _hub(settings: Settings, listener: Delivery) -> MemoryHub | RedisHub:
    if not settings.redis_url:
        return MemoryHub(listener)
    # Of this installation alone, though others may use the same Redis.
    installation = sha256(settings.database.encode()).hexdigest()[:16]
    return RedisHub(listener, settings.redis_url, f"clinicweb:live:{installation}", _recalls)


def serve_sockets_alone(app: Flask) -> None:
    """Pages are another service's: a password asked for here would hold all sockets up."""

    def refuse_pages() -> None:
        if request.endpoint not in {"live.socket", "web.health"}:
            abort(404)

    app.before_request_funcs.setdefault(None, []).insert(0, refuse_pages)


def present(account_ids: Collection[int]) -> set[int]:
    """Those of *account_ids* that have a page open, as far as this process knows."""
    hub: MemoryHub | RedisHub = current_app.extensions[_HUB]
    return hub.present(account_ids)


def of(app: Flask) -> Delivery:
    """What brings events to the sockets of *app*."""
    found: Delivery = app.extensions[_DELIVERY]
    return found


def _is_live(app: Flask) -> bool:
    viewer = g.get("viewer")
    return bool(viewer) and any(wants(viewer) for wants in app.extensions[_WANTED])


# Before the handshake: what is refused here never becomes a socket.


def _ask_at_the_door() -> ResponseReturnValue | None:
    if not _is_own_page(request.headers.get("Origin", "")):
        return Response(status=403)
    if g.viewer is None:
        # No redirect: a socket that follows one gets a page.
        return Response(status=401, headers={"HX-Redirect": url_for("accounts.sign_in", next="/")})
    if request.method == "OPTIONS":
        return None
    if request.method != "GET" or _wire_of(request.environ) is None:
        return Response(status=426, headers={"Upgrade": "websocket"})
    return _take_a_place(g.viewer.account_id)


def _is_own_page(origin: str) -> bool:
    """Browsers always say which page opens a socket; who says nothing is none."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc == request.host


def _wire_of(environ: Mapping[str, Any]) -> object:
    return environ.get("gunicorn.socket") or environ.get("werkzeug.socket")


def _take_a_place(account_id: int) -> Response | None:
    why_not = _switchboard().take_place(account_id)
    if why_not is None:
        g.live_place = account_id
        # Compression costs 100 KiB a socket, and every browser offers it.
        request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return None
    status = 503 if why_not == FULL else 429
    return Response(status=status, headers={"Retry-After": "30"})


def _give_back_the_place(_error: BaseException | None) -> None:
    account_id = g.pop("live_place", None)
    if account_id is not None:
        _switchboard().give_back(account_id)


def _switchboard() -> Switchboard:
    found: Switchboard = current_app.extensions[_SWITCHBOARD]
    return found


# The socket itself.


def _person() -> Person:
    nonce = request.args.get("nonce", "")
    return Person(
        viewer=g.viewer,
        language=i18n.language(),
        nonce=nonce if _NONCE.fullmatch(nonce) else "",
        csrf_token=generate_csrf(),
    )


def _greet(app: Flask, connection: Connection) -> None:
    with delivery.stage(app, connection.person):
        for show in _greets:
            html = show(connection.person.viewer)
            if html:
                connection.send(html)


def _answer(app: Flask, connection: Connection, text: str) -> None:
    fields = _fields(text)
    handle = _handles.get(fields.get("live", ""))
    if handle is None:
        return
    try:
        with delivery.stage(app, connection.person):
            html = handle(connection.person.viewer, fields)
    except DomainError:
        told = {"live": "failed", "name": fields["live"], "key": fields.get("key", "")}
        connection.send(json.dumps(told))
    except Exception:  # one bad frame must not end the server's thread
        log.exception("a frame failed")
        connection.close(sockets.FAILED)
    else:
        if html:
            connection.send(html)
    connection.touch(app.extensions[_SESSIONS].touch)


def _fields(text: str) -> dict[str, str]:
    """Those of a frame that are text; none of what is no JSON object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict) or len(found) > _MOST_FIELDS:
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)}


@_sock.route(PATH, bp=bp, endpoint="socket")  # type: ignore[untyped-decorator]
@marked(Guard("socket", _ask_at_the_door))
def serve(wire: Any) -> None:
    """*wire* is flask-sock's, after the handshake."""
    security.reopen_the_writing_doors()  # a handshake is a GET; what comes through may write
    switchboard, person = _switchboard(), _person()
    shared = switchboard.rate_of(person.viewer.account_id)
    connection = Connection(wire, person, bucket(), shared)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    of(app).begin()
    app.extensions[_HUB].listen()
    with switchboard.connected(connection):
        try:
            _greet(app, connection)
            for text in connection.messages():
                _answer(app, connection, text)
        finally:
            connection.release()
    wire.connected = False  # nothing is left for flask-sock to close
