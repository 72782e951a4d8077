"""
A PostgreSQL cluster of the tests' own, and databases in it.

The processes of one run share one cluster: the first that needs it starts it, the process that
started the run owns it.
"""

import json
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.services.process import (
    DidNotStart,
    Kept,
    as_unprivileged,
    find_program,
    free_port,
    private_folder,
    start_kept,
    wait_until_ready,
)

TEMPLATE = "clinicweb_template"
_PLACES = ("usr/lib/postgresql/*/bin/{}", "usr/pgsql-*/bin/{}")
_ATTEMPTS = 3
GONE_SECONDS = 20
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    # It never has to survive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True)
class Cluster:
    """Where a cluster answers. Names of databases must be plain words."""

    port: int
    password: str
    user: str = "clinicweb"

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{self.user}:{self.password}@127.0.0.1:{self.port}/{database}"

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=self.user,
            password=self.password,
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )

    def run(self, statement: str, *names: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def copy(self, template: str, name: str) -> None:
        """A new database like *template*: by its files where that can be asked for, as is cheap."""
        with self.connect() as connection:
            strategy = " STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}" + strategy)
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def has(self, database: str) -> bool:
        with self.connect() as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [database]
            ).fetchone()
        return found is not None

    @contextmanager
    def database(self, name: str, *, template: str = "template1") -> Iterator[str]:
        """A new database, a copy of *template*; gives its URL, drops it at the end."""
        self.copy(template, name)
        try:
            yield self.url(name)
        finally:
            self.run("DROP DATABASE {} WITH (FORCE)", name)

    def is_ready(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True


def start_cluster(folder: Path, *, owner_lock: Path) -> tuple[Cluster, Kept]:
    """Makes *folder*, which vanishes with the cluster, and starts one in it."""
    log = folder.with_name(f"{folder.name}.log")
    for attempt in range(1, _ATTEMPTS + 1):
        cluster = Cluster(port=free_port(), password=secrets.token_urlsafe(16))
        _make(private_folder(folder), cluster)
        kept = start_kept(
            _command(folder, cluster),
            owner_lock=owner_lock,
            log=log,
            stop_signal=signal.SIGQUIT,
            remove=folder,
            cwd=Path("/"),
        )
        try:
            wait_until_ready(kept, cluster.is_ready)
        except DidNotStart:
            # Somebody may have taken the port between our look and the start.
            if attempt == _ATTEMPTS:
                raise
        else:
            return cluster, kept
    raise AssertionError("unreachable")


def _make(folder: Path, cluster: Cluster) -> None:
    # A password: another user of this machine must not become superuser of it over the port.
    password = folder / "password"
    password.write_text(cluster.password)  # the folder is closed to all others
    command = [_program("initdb"), "--pgdata", str(folder / "data"), "--username", cluster.user]
    command += ["--auth=scram-sha-256", f"--pwfile={password}", "--no-sync"]
    command += ["--encoding=UTF8", "--locale=C.UTF-8"]
    done = subprocess.run(
        as_unprivileged(command),
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
    )
    if done.returncode:
        shutil.rmtree(folder)
        raise DidNotStart(f"initdb failed:\n{done.stdout}{done.stderr}")


def _command(folder: Path, cluster: Cluster) -> list[str]:
    settings = _SETTINGS | {"port": str(cluster.port), "unix_socket_directories": str(folder)}
    options = [f"--{name}={value}" for name, value in settings.items()]
    return as_unprivileged([_program("postgres"), "-D", str(folder / "data"), *options])


def _program(name: str) -> str:
    return find_program(name, *(place.format(name) for place in _PLACES))


def shared_cluster(run: Path) -> Cluster:
    """
    The run's cluster, started when nobody did yet. Call it under the run's lock.

    *run* holds ``controller.lock``: the cluster lives until the controller lets it go.
    """
    note = run / "postgres.json"
    if not note.exists():
        cluster, kept = start_cluster(run / "postgres", owner_lock=run / "controller.lock")
        kept.keeper.returncode = 0  # it outlives this process: not ours to wait for
        note.touch(mode=0o600)
        note.write_text(json.dumps(asdict(cluster)))
    return Cluster(**json.loads(note.read_text()))


def wait_until_gone(run: Path) -> None:
    """Waits for the keeper of the run's cluster, which removes its folder last."""
    deadline = time.monotonic() + GONE_SECONDS
    while (run / "postgres").exists():
        if time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not stop; see {run}")
        time.sleep(0.02)
