"""
What an open page costs, and how soon it hears: sockets of ``/live`` against a bare flask-sock echo.

``python -m bench.chat [COUNT ... | messages]`` prints, for the gevent worker of ``serve live``:

- memory of an idle socket, next to a bare echo of flask-sock (with its ping) on the same worker;
- the time until the last of 50 people has what one of them said, rendered for each of them, with
  that many idle sockets open; the bare one writes the same bytes to 50 and has no others open.

Then comes what messages cost (``bench.chat_messages``).

Both servers run one after the other in the same run; figures are of the process that holds the
sockets, after its first ten.  The kernel's own buffers are in neither.
"""

import re
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

from bench import chat_messages
from bench.live_lines import ECHO, LIVE, Line, answer_pings, server
from bench.throughput import _postgres
from clinicweb.core import db, migrate
from tests.services.process import Owner, free_port
from tests.services.redis import RedisServer

COUNTS = (500, 2_000, 5_000, 10_000)
GROUP = 50
ROUNDS = 40


def resident_kib(server: subprocess.Popen[bytes]) -> int:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    status = Path(f"/proc/{children[-1]}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])


def per_socket(server: subprocess.Popen[bytes], port: int, count: int, stack: ExitStack) -> float:
    """KiB of each of *count* sockets, which stay open as long as *stack* does."""
    for number in range(10):
        stack.callback(Line(port, number + 1).close)
    time.sleep(1)
    before = resident_kib(server)
    for number in range(10, count):
        stack.callback(Line(port, number + 1).close)
    time.sleep(2)
    return (resident_kib(server) - before) / (count - 10)


def spread_seconds(port: int) -> list[float]:
    """How long it takes until the last of a group has what one of it said."""
    lines = [Line(port, number) for number in range(1, GROUP + 1)]
    found = []
    for number in range(ROUNDS):
        text = f"said-{number}-"
        began = time.monotonic()
        lines[number % GROUP].say({"live": "say", "to": str(GROUP), "text": text})
        for line in lines:
            line.hear(text)
        found.append(time.monotonic() - began)
    for line in lines:
        line.close()
    return found


def bare(count: int) -> tuple[float, list[float]]:
    port = free_port()
    with server(ECHO, str(port), port=port) as served:
        spread = spread_seconds(port)
        with ExitStack() as stack:
            return per_socket(served, port, count, stack), spread


def ours(count: int, settings: dict[str, str]) -> tuple[float, list[float]]:
    port = free_port()
    options = ("--host=127.0.0.1", f"--port={port}", f"--sockets={count + 2 * GROUP}")
    with server(LIVE, *options, port=port, **settings) as served, ExitStack() as stack:
        return per_socket(served, port, count, stack), spread_seconds(port)


def _row(
    count: int, bare_kib: float, bare_seconds: list[float], kib: float, seconds: list[float]
) -> str:
    def figures(found: list[float]) -> str:
        return f"{median(found) * 1000:>9.1f}{quantiles(found, n=50)[-1] * 1000:>8.1f}"

    memory = f"{count:>8}{bare_kib:>8.1f}{kib:>8.1f}{kib / bare_kib:>8.2f}"
    ratio = f"{median(seconds) / median(bare_seconds):>8.2f}"
    return memory + figures(bare_seconds) + figures(seconds) + ratio


def main() -> int:
    answer_pings()
    counts = [int(word) for word in sys.argv[1:] if word != "messages"]
    if len(sys.argv) == 1:
        counts = [*COUNTS]
    print("idle sockets on one gevent worker: KiB each, bare flask-sock echo and /live")
    print(f"last of {GROUP}, ms: bare p50, p98; /live p50, p98; ratio of the medians")
    print(
        f"{'sockets':>8}{'bare':>8}{'/live':>8}{'ratio':>8}{'p50':>9}{'p98':>8}{'p50':>9}{'p98':>8}"
    )
    with tempfile.TemporaryDirectory(prefix="clinicweb-bench-chat-") as folder, _postgres() as url:
        Path(folder).chmod(0o755)
        lock = Path(folder) / "owner.lock"
        owner = Owner(lock)
        redis = RedisServer(Path(folder) / "redis", owner_lock=lock)
        redis.start()
        migrate.upgrade(url)
        db.Database(url).dispose()
        settings = {"DATABASE_URL": url, "REDIS_URL": redis.url, "DATA_DIR": folder}
        try:
            for count in counts:
                print(_row(count, *bare(count), *ours(count, settings)), flush=True)
            chat_messages.report(url, settings, Path(folder))
        finally:
            redis.stop()
            owner.leave()
    return 0


if __name__ == "__main__":
    sys.exit(main())
