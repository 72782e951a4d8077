"""
What a message costs: from one page to the other, and stored ones a second, in the run of ``chat``.

- From send to seen, one to one, with ``IDLE`` other sockets open: ``chat.send`` by the socket,
  stored in PostgreSQL, rendered for the other, until its bytes are there; next to the way to a bare
  flask-sock echo and back, on the same worker with as many open.
- Fifty people send at once, each message is stored and rendered for two; next to one connection
  that inserts as many rows of the same size, a transaction each, and does nothing else.
"""

import time
from contextlib import ExitStack
from pathlib import Path
from statistics import quantiles

import psycopg

from bench.live_lines import ECHO, LIVE, Line, server
from clinicweb.chat.models import WITH_PATIENT
from clinicweb.core import db
from clinicweb.core.ids import new_public_id
from tests.accounts.helped import clinic_file
from tests.booking.crowd import gather
from tests.chat.world import open_between
from tests.services.process import free_port

IDLE, PEOPLE, TIMES, EACH = 1_000, 50, 400, 28
CHAT = '[chat]\nis_on = true\nopens = "always"\nmessages_per_minute = 100000\n'


def report(url: str, settings: dict[str, str], folder: Path) -> None:
    talks = _prepare(url)
    inserted = _inserted_a_second(url)
    port = free_port()
    with server(ECHO, str(port), port=port), ExitStack() as stack:
        echo = _echo_seconds(port, stack)
    options = ("--host=127.0.0.1", f"--port={(port := free_port())}", f"--sockets={IDLE + 100}")
    ours = settings | {"CLINIC": clinic_file(folder, CHAT)}
    with server(LIVE, *options, port=port, **ours), ExitStack() as stack:
        _tell_times(_p50_p99(echo), _p50_p99(_seen_seconds(port, talks, stack)))
        stored = _stored_a_second(port, talks)
    print(
        f"stored a second: bare insert loop {inserted:.0f}, messages of fifty {stored:.0f}", end=""
    )
    print(f"   ratio {stored / inserted:.2f}", flush=True)


def _tell_times(bare: tuple[float, float], own: tuple[float, float]) -> None:
    print(f"one to one at {IDLE} open sockets, ms: echo and back p50, p99; send to seen p50, p99")
    print("".join(f"{value * 1000:>8.1f}" for value in (*bare, *own)), end="")
    ratios = [mine / other for mine, other in zip(own, bare, strict=True)]
    print(f"   ratios {ratios[0]:.1f}, {ratios[1]:.1f}", flush=True)


def _prepare(url: str) -> list[str]:
    """Fifty people, account numbers from 1 on, and the conversations of each two."""
    db.configure(db.Database(url))
    people = gather(PEOPLE)
    if [one.viewer.account_id for one in people] != list(range(1, PEOPLE + 1)):
        raise RuntimeError("the database was not empty")
    talks = [open_between(people[n : n + 2], WITH_PATIENT) for n in range(0, PEOPLE, 2)]
    db.current().dispose()
    return talks


def _inserted_a_second(url: str) -> float:
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as line:
        line.execute("CREATE TABLE bare (id serial PRIMARY KEY, name text, said text)")
        began = time.monotonic()
        for _ in range(PEOPLE * EACH):
            line.execute("INSERT INTO bare (name, said) VALUES (%s, %s)", ("Ana", "Hola, doctor."))
        return PEOPLE * EACH / (time.monotonic() - began)


def _idle(port: int, stack: ExitStack, numbers: range) -> None:
    for number in numbers:
        stack.callback(Line(port, number).close)
    time.sleep(1)


def _echo_seconds(port: int, stack: ExitStack) -> list[float]:
    _idle(port, stack, range(IDLE))
    line, found = Line(port, 1), []
    for number in range(TIMES):
        began = time.monotonic()
        line.shout(f"said-{number}-")
        line.hear(f"said-{number}-")
        found.append(time.monotonic() - began)
    line.close()
    return found


def _message(talk: str, text: str) -> dict[str, str]:
    return {"live": "chat.send", "conversation": talk, "key": new_public_id(), "text": text}


def _people(port: int, stack: ExitStack) -> list[Line]:
    lines = [Line(port, number + 1) for number in range(PEOPLE)]
    for line in lines:
        stack.callback(line.close)
    return lines


def _seen_seconds(port: int, talks: list[str], stack: ExitStack) -> list[float]:
    _idle(port, stack, range(PEOPLE + 1, PEOPLE + 1 + IDLE))
    found = []
    with ExitStack() as own:
        lines = _people(port, own)
        for number in range(TIMES):
            pair = number % len(talks)
            text = f"said-{number}-"
            began = time.monotonic()
            lines[2 * pair].say(_message(talks[pair], text))
            lines[2 * pair + 1].hear(text)
            found.append(time.monotonic() - began)
            lines[2 * pair].hear(text)
    return found


def _stored_a_second(port: int, talks: list[str]) -> float:
    with ExitStack() as own:
        lines = _people(port, own)
        time.sleep(10)  # what may be said at once is there again
        began = time.monotonic()
        for number in range(EACH):
            for who, line in enumerate(lines):
                line.say(_message(talks[who // 2], f"all-{who}-{number}-"))
        for who, line in enumerate(lines):
            line.hear(f"all-{who}-{EACH - 1}-", patience=300)
        return PEOPLE * EACH / (time.monotonic() - began)


def _p50_p99(seconds: list[float]) -> tuple[float, float]:
    found = quantiles(seconds, n=100)
    return found[49], found[98]
