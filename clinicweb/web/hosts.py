"""Whose portal this is: requests for other hosts are refused, and no redirect leads to one."""

from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest
from werkzeug.sansio.utils import host_is_trusted

_LOCAL = ("127.0.0.1", "localhost")
# Load balancers ask for it by the machine's address; it says nothing of any host.
_FOR_ANY_HOST = "web.health"


class ForeignHost(BadRequest):
    """The request was meant for another host, or pretends so."""


def trusted_hosts(base_url: str, *, is_demo: bool) -> tuple[str, ...]:
    """The hosts this portal answers for; none named means all."""
    host = urlsplit(base_url).hostname
    if not host or ":" in host:  # IPv6 addresses cannot be compared, and have no DNS to rebind
        return ()
    return (host, *_LOCAL) if is_demo or host in _LOCAL else (host,)


def init_app(app: Flask, hosts: tuple[str, ...]) -> None:
    """
    Ask each request for its host, before anything else.

    Not Flask's ``TRUSTED_HOSTS``: it takes away the addresses that the error page needs, and
    knows no exception for the health check.
    """

    @app.before_request
    def refuse_foreign_hosts() -> None:
        if request.endpoint != _FOR_ANY_HOST and not host_is_trusted(request.host.lower(), hosts):
            raise ForeignHost

    app.after_request(_keep_redirects_here)


def _keep_redirects_here(response: Response) -> Response:
    """The router writes whole addresses, from the Host header; a path is enough."""
    location = response.location
    if location and urlsplit(location).netloc:
        parts = urlsplit(location)
        path = "/" + parts.path.lstrip("/\\")
        response.location = parts._replace(scheme="", netloc="", path=path).geturl()
        response.set_data(b"")  # it names the address once more
    return response
