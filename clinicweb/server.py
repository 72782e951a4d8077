"""``clinicweb serve``: gunicorn with this portal in it, and the worker's thread beside it."""

import gc
import resource
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from clinicweb.accounts import passwords
from clinicweb.app import create_app
from clinicweb.config import Settings
from clinicweb.jobs import work
from clinicweb.web import live

THREADS = 24
# Of a process beside its sockets: the database, Redis, connections that wait.
_OTHER_FILES = 200
_GOODBYE_SECONDS = 8.0


class _Server(BaseApplication):
    """gunicorn, told by us instead of by its own command line."""

    def __init__(self, options: dict[str, Any], load: Callable[[], Flask]) -> None:
        self._options, self._load = options, load
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._load()


def serve(settings: Settings, *, host: str, port: int, is_demo: bool = False) -> None:
    """
    Serve until told to stop.

    One process; two on PostgreSQL with Redis, which tells each of them what happened in the other.
    Each sends mail too, and no message goes out twice.
    """
    address = f"http://{host}:{port}"
    is_alone = settings.database.startswith("sqlite") or not settings.redis_url
    options = _options(host, port) | {
        "worker_class": "gthread",
        "workers": 1 if is_alone else 2,
        # Each socket keeps a thread; those of pages are none of theirs.
        "threads": THREADS + settings.live_sockets,
        "worker_connections": 1000 + settings.live_sockets,
        "post_worker_init": _begin_work,
        "worker_exit": _leave,
    }
    _Server(options, lambda: _load(settings, address, is_demo=is_demo)).run()


def serve_pages(settings: Settings, *, host: str, port: int) -> None:
    """All but sockets, which ``serve live`` holds."""
    serve(settings.model_copy(update={"live_sockets": 0}), host=host, port=port)


def serve_sockets(settings: Settings, *, host: str, port: int, sockets: int) -> None:
    """*sockets* at most, and nothing else."""
    _let_open(sockets + _OTHER_FILES)
    options = _options(host, port) | {
        "worker_class": "gevent",
        "workers": 1,
        "worker_connections": sockets + _OTHER_FILES,
        "post_worker_init": _end_with_sockets,
        "worker_exit": lambda _server, _worker: gc.freeze(),
    }
    of_sockets = settings.model_copy(update={"live_sockets": sockets})
    _Server(options, lambda: _load_sockets(of_sockets)).run()


def _options(host: str, port: int) -> dict[str, Any]:
    return {
        "bind": [f"{host}:{port}"],
        "timeout": 60,
        "graceful_timeout": 10,
        "keepalive": 5,
        "control_socket_disable": True,
        # Else Python looks through all that it imported once more, for seconds, before it ends.
        "on_exit": lambda _server: gc.freeze(),
        "accesslog": None,  # addresses of patients are not for logs
    }


def _let_open(files: int) -> None:
    """As many files as the machine lets this user open, if that many are needed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < files:
        limit = files if hard == resource.RLIM_INFINITY else min(files, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def _begin_work(worker: Any) -> None:
    passwords.warm_up()
    _end_with_sockets(worker)


def _end_with_sockets(worker: Any) -> None:
    """A socket that stayed open would keep the server from ending."""
    live.of(worker.wsgi).is_ending = lambda: not worker.alive


def _leave(_server: Any, _worker: Any) -> None:
    _background.end()
    gc.freeze()


def _load(settings: Settings, address: str, *, is_demo: bool) -> Flask:
    app = create_app(settings, is_demo=is_demo)
    _background.begin(app, address)
    return app


def _load_sockets(settings: Settings) -> Flask:
    app = create_app(settings)
    live.serve_sockets_alone(app)
    return app


class _Background:
    """The worker's thread of this process."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, app: Flask, address: str) -> None:
        self._thread = threading.Thread(
            target=work, args=(app, self._stop, address), name="worker", daemon=True
        )
        self._thread.start()

    def end(self) -> None:
        """A mail under way is finished; if it takes too long, its lease sees to the rest."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=_GOODBYE_SECONDS)


_background = _Background()
