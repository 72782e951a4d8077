"""
Between flask-login and our own session rows.

flask-login's cookie holds the session's key as its user id; whether it still counts is decided
by the row alone, so a copied cookie dies with its session.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, Response, g, request, session
from flask_login import LoginManager, current_user, login_user

from clinicweb.accounts.policy import may_continue
from clinicweb.accounts.queries import SignedIn, find_signed_in
from clinicweb.accounts.session_actions import sign_out, touch_session
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core import clock
from clinicweb.core.viewer import Viewer
from clinicweb.web.render import see_other

_KEPT_AT_SIGN_IN = ("lang",)
_TOUCH_AFTER = timedelta(minutes=1)
# Asked for without a person's doing: these say nothing about who is there.
_ENDPOINTS_BEFORE_A_PASSWORD = frozenset(
    {"profile.password", "profile.change_password", "recovery.review", "accounts.sign_out",
     "web.language", "assets.serve", "web.health"}
)  # fmt: skip
_ENDPOINTS_BEFORE_A_FACTOR = frozenset(
    {"accounts.sign_out", "web.language", "assets.serve", "web.health"}
)
# Where a factor is set up, and where it is asked who does.
_BLUEPRINTS_BEFORE_A_FACTOR = frozenset({"factors", "passkeys", "identity"})
_NONCE = "sign_in"
_ENDPOINTS_WITHOUT_A_PERSON = frozenset({"assets.serve", "web.health"})


@dataclass(frozen=True)
class SessionUser:
    """What flask-login calls a user: the holder of a session's key."""

    key: str
    viewer: Viewer
    last_seen_at: datetime

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.key


def begin(key: str, *, is_kept: bool = False) -> None:
    """
    Give the browser its new key, and nothing of what its cookie held before.

    Args:
        is_kept: the cookie outlives the browser's closing (S4-3).
    """
    end()
    if is_kept:
        session.permanent = True
    signed_in = find_signed_in(key)
    if signed_in:
        _enter(_user(key, signed_in))
        # What was chosen in this browser counts first.
        if signed_in.viewer.language:
            session.setdefault("lang", signed_in.viewer.language)


def _enter(user: SessionUser) -> None:
    login_user(user)
    # A hash of browser and address that nothing reads here: it would travel with each request.
    session.pop("_id", None)


def renew(key: str) -> None:
    """The same person in the same browser, by a new key; forms open in other tabs stay good."""
    signed_in = find_signed_in(key)
    if signed_in:
        _enter(_user(key, signed_in))


def wait_for_factor(nonce: str) -> None:
    """The password was right: *nonce* binds what is still asked to this browser."""
    end()
    session[_NONCE] = nonce


def nonce() -> str:
    """Of the sign-in that this browser has under way; empty when there is none."""
    found = session.get(_NONCE)
    return found if isinstance(found, str) else ""


def end() -> None:
    """Forget all that the cookie held but the language."""
    kept = {name: session[name] for name in _KEPT_AT_SIGN_IN if name in session}
    session.clear()
    session.update(kept)


def leave() -> None:
    """Whoever was in this browser has left it: somebody else's link was just used here."""
    if g.viewer:
        sign_out(g.viewer)
        end()


def init_app(app: Flask, rules: SignIn) -> None:
    manager = LoginManager()
    # It ties a session to the network address: phones change theirs all the time.
    manager.session_protection = None
    # Templates know a viewer; a user of flask-login's would be looked up for every one of them.
    manager.init_app(app, add_context_processor=False)

    @manager.user_loader
    def load_user(key: str) -> SessionUser | None:
        found = find_signed_in(key) if isinstance(key, str) else None
        if found is None or not may_continue(found.facts, idle=rules.idle, now=clock.now()).allowed:
            return None
        return _user(key, found)

    app.before_request(_load_viewer)
    app.before_request(_ask_for_a_password)
    app.before_request(_ask_for_a_factor)
    app.context_processor(lambda: {"viewer": g.get("viewer")})


def _load_viewer() -> None:
    g.viewer = None
    if request.endpoint in _ENDPOINTS_WITHOUT_A_PERSON or not current_user.is_authenticated:
        return
    g.viewer = current_user.viewer
    if request.endpoint:  # a page that is not there says nothing about who asks
        _touch(current_user)


def _ask_for_a_password() -> Response | None:
    """A one-use password lets in once, to choose another (S3-16)."""
    if g.viewer is None or not g.viewer.must_change_password:
        return None
    if request.endpoint in _ENDPOINTS_BEFORE_A_PASSWORD:
        return None
    return see_other("profile.password")


def _ask_for_a_factor() -> Response | None:
    """Who has nothing to show beside the password comes in to set it up, and no further."""
    if g.viewer is None or not g.viewer.must_add_factor or g.viewer.must_change_password:
        return None
    if request.blueprint in _BLUEPRINTS_BEFORE_A_FACTOR:
        return None
    if request.endpoint in _ENDPOINTS_BEFORE_A_FACTOR:
        return None
    return see_other("factors.overview")


def _user(key: str, found: SignedIn) -> SessionUser:
    return SessionUser(key, found.viewer, found.facts.last_seen_at)


def _touch(user: SessionUser) -> None:
    if clock.now() - user.last_seen_at >= _TOUCH_AFTER:
        touch_session(user.viewer.session_id)
