"""The browser's side of known devices: one cookie, with a key for each account that came in."""

import re
from datetime import timedelta

from flask import Response, current_app, request

from clinicweb.clinic.installed import current_rules

# Those of a family that shares a telephone.
_MOST_KEYS = 6
_KEY = re.compile(r"[\w-]{43}")


def keys() -> tuple[str, ...]:
    """What this browser knows itself by, the newest first."""
    found = request.cookies.get(_name(), "").split(".")
    return tuple(key for key in found if _KEY.fullmatch(key))[:_MOST_KEYS]


def give(response: Response, key: str | None) -> Response:
    """*response*, after which the browser keeps *key* too; without one, its others longer."""
    kept = (key, *keys()) if key else keys()
    response.set_cookie(
        _name(),
        ".".join(kept[:_MOST_KEYS]),
        max_age=timedelta(days=current_rules().sign_in.known_device_days),
        path="/",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return response


def _name() -> str:
    # As the session's: «__Host-» where it may be.
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"
