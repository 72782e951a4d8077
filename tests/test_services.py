"""The servers of the tests: they start, answer, stop, and leave nothing behind."""

import os
import shutil
import signal
import smtplib
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from tests.server import ROOT
from tests.services.mail import MailServer
from tests.services.postgres import Cluster, start_cluster
from tests.services.process import (
    DidNotStart,
    find_program,
    free_port,
    private_folder,
    start_kept,
    unprivileged_user,
    wait_until_ready,
)
from tests.services.redis import RedisServer


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def until(is_true: Callable[[], bool], *, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not is_true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_true()


def a_mail(subject: str = "Su hora") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", subject
    message.set_content("Peña, Ñuñoa")
    return message


def send(server: MailServer, message: EmailMessage) -> None:
    with smtplib.SMTP(server.host, server.port, timeout=5) as smtp:
        smtp.send_message(message)


def test_the_cluster_answers_and_is_not_open_to_those_without_its_password(
    postgres_cluster: Cluster,
):
    with postgres_cluster.connect() as connection:
        settings = connection.execute(
            "SELECT current_setting('fsync'), current_setting('lc_collate')"
        ).fetchone()

    assert settings == ("off", "C.UTF-8")
    with pytest.raises(psycopg.OperationalError, match="password"):
        Cluster(port=postgres_cluster.port, password="guess").connect()


def test_each_database_is_a_copy_and_is_dropped_even_with_somebody_in_it(
    postgres_cluster: Cluster, worker_name: str
):
    source, copy = f"source_{worker_name}", f"copy_{worker_name}"

    with postgres_cluster.database(source) as url:
        plain_url = url.replace("+psycopg", "")
        with psycopg.connect(plain_url) as connection:
            connection.execute("CREATE TABLE ana AS SELECT 'Ana' AS name")
        connection.close()
        with postgres_cluster.database(copy, template=source) as copy_url:
            inside = psycopg.connect(copy_url.replace("+psycopg", ""))
            row = inside.execute("SELECT name FROM ana").fetchone()

    assert row == ("Ana",)
    assert not postgres_cluster.has(copy)
    assert not postgres_cluster.has(source)
    inside.close()


def test_a_cluster_of_ones_own_runs_unprivileged_and_stops_whole(
    services_run: Path, owner_lock: Path, worker_name: str
):
    folder = services_run / f"own-{worker_name}"
    cluster, kept = start_cluster(folder, owner_lock=owner_lock)
    owner = Path(f"/proc/{kept.pid}").owner()

    kept.stop()

    assert owner != "root"
    assert not cluster.is_ready()
    assert not is_alive(kept.pid)
    assert not folder.exists()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_redis_ends_and_starts_again_on_the_same_port(redis_server: RedisServer, end: str):
    getattr(redis_server, end)()
    was_ready = redis_server.is_ready()

    redis_server.start()

    assert not was_ready
    assert redis_server.is_ready()


@pytest.mark.parametrize("turn", [1, 2])
def test_redis_is_empty_for_each_test(redis_url: str, turn: int):
    with Redis.from_url(redis_url) as client:
        found = client.keys("*")
        client.set("left by a test", turn)

    assert found == []


def test_a_mail_arrives_whole(mail_server: MailServer):
    send(mail_server, a_mail("Reserva: Íñigo"))

    [message] = mail_server.wait_for(1)
    assert message["Subject"] == "Reserva: Íñigo"
    assert message.get_content().strip() == "Peña, Ñuñoa"
    assert mail_server.to("b@example.org") == [message]


def test_a_refused_mail_is_an_attempt_but_no_delivery(mail_server: MailServer):
    mail_server.answer = "451 later"

    with pytest.raises(smtplib.SMTPDataError):
        send(mail_server, a_mail())

    assert [attempt.answer for attempt in mail_server.wait_for_attempts(1)] == ["451 later"]
    assert mail_server.messages == []


def test_the_mail_server_can_be_down_for_a_while(mail_server: MailServer):
    mail_server.stop()
    with pytest.raises(ConnectionRefusedError):
        send(mail_server, a_mail())

    mail_server.start()
    send(mail_server, a_mail("late"))

    assert [message["Subject"] for message in mail_server.wait_for(1)] == ["late"]


def test_waiting_for_a_mail_that_never_comes_fails(mail_server: MailServer):
    with pytest.raises(AssertionError, match="0 of 1 mails"):
        mail_server.wait_for(1, seconds=0.1)


def test_every_test_gets_the_schema_on_both_databases(database_url: str):
    from clinicweb.core.migrate import is_current

    assert is_current(database_url)


def test_a_copy_of_the_sqlite_template_is_whole(sqlite_url: str):
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_a_missing_program_fails_and_says_what_to_do():
    with pytest.raises(pytest.fail.Exception, match="no-such-server is not installed"):
        find_program("no-such-server", "usr/lib/no-such/*/bin/no-such-server")


def test_a_server_that_ends_at_once_is_reported_with_its_log(tmp_path: Path, owner_lock: Path):
    command = [sys.executable, "-c", "raise SystemExit('the port is taken')"]
    kept = start_kept(command, owner_lock=owner_lock, log=tmp_path / "log")

    with pytest.raises(DidNotStart, match="the port is taken"):
        wait_until_ready(kept, lambda: False)


def test_killing_a_server_kills_its_children(tmp_path: Path, owner_lock: Path):
    kept = start_kept(
        ["sh", "-c", "sleep 600 & echo $! > child; wait"],
        owner_lock=owner_lock,
        log=tmp_path / "log",
        cwd=tmp_path,
    )
    assert until(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text() != "")
    child = int((tmp_path / "child").read_text())

    kept.kill()

    assert until(lambda: not is_alive(child))
    assert not is_alive(kept.pid)


INNER_TEST = """
    import os, time
    from pathlib import Path

    def test_that_starts_everything(postgres_cluster, redis_server, mail_server, services_run):
        with postgres_cluster.connect() as connection:
            postmaster = connection.execute("SELECT pg_backend_pid()").fetchone()[0]
        pids = [os.getpid(), redis_server._kept.pid, redis_server._kept.keeper.pid]
        folder = Path(os.environ["INNER_NOTES"])
        (folder / "run").write_text(str(services_run))
        (folder / "postgres").write_text(
            (services_run / "postgres/data/postmaster.pid").read_text().split()[0])
        (folder / "pids").write_text(" ".join(map(str, pids)) + " end")
        time.sleep(float(os.environ["INNER_SECONDS"]))
"""


# What a shell starts in the background hears no Ctrl-C, nor does what that starts in its turn.
HEARS_CTRL_C = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
import pytest
sys.exit(pytest.main(sys.argv[1:]))
"""
INNER_PYTEST = [sys.executable, "-c", HEARS_CTRL_C, "-q", "-p", "tests.services", "-p", "xdist"]
INNER_PYTEST += ["-p", "no:cacheprovider", "-c", os.devnull]
INNER_SETTINGS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("processes", "end"),
    [("2", None), ("0", signal.SIGINT), ("2", signal.SIGINT), ("2", signal.SIGKILL)],
)
def test_however_a_run_ends_nothing_of_it_is_left(
    tmp_path: Path, processes: str, end: signal.Signals | None
):
    (tmp_path / "test_inner.py").write_text(textwrap.dedent(INNER_TEST))
    run = subprocess.Popen(
        [*INNER_PYTEST, "-n", processes, "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=ROOT,
        env=os.environ
        | INNER_SETTINGS
        | {"INNER_NOTES": str(tmp_path), "INNER_SECONDS": "300" if end else "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert until(lambda: " end" in _text(tmp_path / "pids"), seconds=60)

    if end:
        os.killpg(run.pid, end)  # Ctrl-C reaches the whole group, the workers too
    output = run.communicate(timeout=60)[0].decode()

    pids = [int(pid) for pid in _text(tmp_path / "pids").split()[:-1]]
    pids.append(int(_text(tmp_path / "postgres")))
    assert until(lambda: not any(map(is_alive, pids))), output
    folder = Path(_text(tmp_path / "run"))
    if end == signal.SIGKILL:  # then nobody is left who could sweep, but the keepers their own
        assert until(lambda: not (folder / "postgres").exists()), output
        shutil.rmtree(folder)
    assert not folder.exists()


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def test_servers_run_as_somebody_who_is_not_root(services_run: Path, worker_name: str):
    folder = private_folder(services_run / f"whose-{worker_name}")

    assert folder.owner() != "root"
    assert (unprivileged_user() is None) == (os.getuid() != 0)


def test_a_free_port_can_be_taken():
    first = free_port()

    assert 1024 < first < 65536
