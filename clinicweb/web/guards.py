"""
Who may call a route.  Deny by default: a route without a guard stops the portal from starting.

A guard is a mark on the view; one hook before each request asks it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, current_app, flash, g, redirect, request, url_for
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue

from clinicweb.core import clock
from clinicweb.core.errors import NotFound
from clinicweb.core.i18n import _

LONGEST_NEXT = 500
# For so long after somebody showed who they are, their account may be changed.
CONFIRMED_FOR = timedelta(minutes=10)
# One slash, then no other: browsers read "//", "/\\" and "/<tab>/" as another host's address.
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f-\x9f\\]*")

# A socket's view answers nothing.
View = TypeVar("View", bound=Callable[..., ResponseReturnValue | None])
Check = Callable[[], ResponseReturnValue | None]


@dataclass(frozen=True, slots=True)
class Guard:
    """*check* answers in place of the view, or returns None to let the request pass."""

    name: str
    check: Check


class MissingGuard(RuntimeError):
    """A route says nothing about who may call it."""


def marked(guard: Guard) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.guard = guard  # type: ignore[attr-defined]
        return view

    return mark


def _let_pass() -> None:
    return None


def _ask_to_sign_in() -> ResponseReturnValue | None:
    return None if g.viewer else sign_in_first()


def sign_in_first() -> Response:
    """Lead to the sign-in page, and back to this very step afterwards."""
    target = request.full_path.rstrip("?") if _can_be_opened() else "/"
    address = url_for("accounts.sign_in") + "?" + urlencode({"next": target})
    if request.htmx:  # type: ignore[attr-defined]
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address, 303)  # type: ignore[return-value]


def _can_be_opened() -> bool:
    """Whether this address shows a page; that of a posted step does, that of a mere act not."""
    adapter = request_ctx.url_adapter
    return adapter is not None and adapter.test(method="GET")


def _ask_to_confirm() -> ResponseReturnValue | None:
    if not g.viewer:
        return sign_in_first()
    shown_at = g.viewer.confirmed_at
    if shown_at is not None and clock.now() - shown_at <= CONFIRMED_FOR:
        return None
    return _confirm_first()


def _confirm_first() -> Response:
    """Lead to the page that asks who it is, and back; what was sent too late is not done."""
    if request.method == "POST":
        flash(_("Pasó un rato: no guardamos lo que envió. Confirme que es usted."), "warning")
    target = request.full_path.rstrip("?") if _can_be_opened() else url_for("profile.profile")
    address = url_for("identity.confirm") + "?" + urlencode({"next": target})
    return redirect(address, 303)  # type: ignore[return-value]


public = marked(Guard("public", _let_pass))
signed_in = marked(Guard("signed-in", _ask_to_sign_in))
# For pages that change how somebody comes in: signed in, and shown who it is a short while ago.
# The page that holds the form has it too, so that a form is lost only when it stood open too long.
recently_confirmed = marked(Guard("recently-confirmed", _ask_to_confirm))


def role(*names: str) -> Callable[[View], View]:
    """Only people with one of these roles; for others the page does not exist."""

    def check() -> ResponseReturnValue | None:
        if g.viewer and g.viewer.roles.isdisjoint(names):
            raise NotFound
        return _ask_to_sign_in()

    return marked(Guard(f"role:{'/'.join(names)}", check))


def safe_next(target: str | None) -> str:
    """*target* when it is a path of this portal, else the home page."""
    if not target or not _LOCAL_PATH.fullmatch(target) or len(target) > LONGEST_NEXT:
        return "/"
    return target


def init_app(app: Flask) -> None:
    """Refuse to start with an unguarded route; ask the guard before each request."""
    for rule in app.url_map.iter_rules():
        if not hasattr(app.view_functions[rule.endpoint], "guard"):
            raise MissingGuard(f"{rule.rule} ({rule.endpoint}) declares no guard")

    app.before_request(_ask_the_guard)


def _ask_the_guard() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    return guard_of(current_app.view_functions[request.endpoint]).check()


def guard_of(view: object) -> Guard:
    """The guard that *view* declares.  Raises ``MissingGuard``."""
    guard = getattr(view, "guard", None)
    if not isinstance(guard, Guard):
        raise MissingGuard(repr(view))
    return guard
