"""A coturn of the tests' own, configured as the docs ship it."""

import socket
from pathlib import Path

from tests.services.process import (
    Kept,
    as_unprivileged,
    find_program,
    free_port,
    private_folder,
    start_kept,
    wait_until_ready,
)

SHIPPED = Path(__file__).parents[2] / "docs" / "turnserver.conf"
SECRET = "a secret of the tests that is long enough"
REALM = "portal.clinica.example"


def own_address() -> str:
    """This machine's address towards others: what browsers here reach and are reached by."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))  # sends nothing
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


class TurnServer:
    """*allowed*: lines of the configuration besides the shipped ones."""

    def __init__(self, folder: Path, *, owner_lock: Path, more: tuple[str, ...] = ()) -> None:
        self.port, self.host = free_port(), own_address()
        self.url = f"turn:{self.host}:{self.port}"
        self._owner_lock, self._log = owner_lock, folder.with_name(f"{folder.name}.log")
        self._folder, self._more = private_folder(folder), more
        self._kept: Kept | None = None

    def start(self) -> None:
        text = SHIPPED.read_text("utf-8")
        text = text.replace("change-me-to-48-random-characters", SECRET)
        text = text.replace("listening-port=3478", f"listening-port={self.port}")
        text = text.replace("max-port=65535", "max-port=49951")  # each costs time at the start
        own = (f"listening-ip={self.host}", f"relay-ip={self.host}", "relay-ip=::1", *self._more)
        own += (f"pidfile={self._folder / 'pid'}", f"userdb={self._folder / 'db'}")
        settings = self._folder / "turnserver.conf"
        settings.write_text("\n".join((text, *own)) + "\n", "utf-8")
        settings.chmod(0o644)
        command = as_unprivileged([find_program("turnserver"), "-c", str(settings)])
        self._kept = start_kept(command, owner_lock=self._owner_lock, log=self._log, cwd=Path("/"))
        wait_until_ready(self._kept, self.is_ready)

    def is_ready(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=1):
                return True
        except OSError:
            return False

    def stop(self) -> None:
        if self._kept:
            self._kept.stop()
