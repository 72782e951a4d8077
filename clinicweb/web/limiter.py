"""A flood limit on everything that changes something, per account or else per address."""

from flask import Flask, g, request
from flask_limiter import Limiter

from clinicweb.core.limits import network_of
from clinicweb.web.security import SAFE_METHODS


def _who() -> str:
    viewer = g.get("viewer")
    return (
        f"account:{viewer.account_id}"
        if viewer
        else f"address:{network_of(request.remote_addr or '')}"
    )


def init_app(app: Flask, *, rate: str, redis_url: str) -> None:
    """Counted in Redis where there is one; in this process while Redis is away, or alone."""
    limiter = Limiter(
        _who,
        application_limits=[rate],
        storage_uri=redis_url or "memory://",
        in_memory_fallback_enabled=bool(redis_url),
        in_memory_fallback=[rate] if redis_url else [],
        headers_enabled=False,
    )

    @limiter.request_filter
    def is_safe() -> bool:
        return request.method in SAFE_METHODS

    limiter.init_app(app)
