"""A Redis of the tests' own."""

from pathlib import Path
from secrets import token_urlsafe

from redis import Redis
from redis.exceptions import ConnectionError as NotConnected

from tests.services.process import (
    Kept,
    as_unprivileged,
    find_program,
    free_port,
    private_folder,
    start_kept,
    wait_until_ready,
)


class RedisServer:
    """Stops and starts again on the same port; keeps nothing in between."""

    def __init__(self, folder: Path, *, owner_lock: Path) -> None:
        self.port = free_port()
        self.url = f"redis://:{(password := token_urlsafe(16))}@127.0.0.1:{self.port}/0"
        self._owner_lock = owner_lock
        self._log = folder.with_name(f"{folder.name}.log")
        # A password: an open Redis lets any user of this machine write files as its user.
        self._settings = _settings(private_folder(folder), port=self.port, password=password)
        self._kept: Kept | None = None

    def start(self) -> None:
        command = as_unprivileged([find_program("redis-server"), str(self._settings)])
        self._kept = start_kept(command, owner_lock=self._owner_lock, log=self._log, cwd=Path("/"))
        wait_until_ready(self._kept, self.is_ready)

    def stop(self) -> None:
        if self._kept:
            self._kept.stop()

    def kill(self) -> None:
        if self._kept:
            self._kept.kill()

    def empty(self) -> None:
        with Redis.from_url(self.url) as client:
            client.flushall()

    def is_ready(self) -> bool:
        try:
            with Redis.from_url(self.url) as client:
                return bool(client.ping())
        except NotConnected:
            return False


def _settings(folder: Path, *, port: int, password: str) -> Path:
    path = folder / "redis.conf"
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f"dir {folder}",
        'save ""',
        "appendonly no",
        "daemonize no",
    ]
    path.write_text("\n".join(lines) + "\n")
    return path
