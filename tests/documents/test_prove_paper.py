"""T22 at its full size: what the kernel saw, 50,000 rows, a thousand who print at once."""

import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import which

import pytest

from clinicweb.documents import engines
from clinicweb.documents.engines import PdfFailed, found_engines
from clinicweb.documents.pdf import Press, TooManyAtOnce
from tests.documents.test_paper import ENGINES, SECRET, listening, payloads, printed
from tests.documents.test_press import Slow
from tests.pages import make_app

pytestmark = pytest.mark.skipif(os.environ.get("PROVE") != "full", reason="only at full size")
BOUNDED = Path(engines.__file__).parent / "bounded.py"
WATCHED = ["strace", "-f", "-qq", "-e", "trace=connect,openat", "-o"]


@pytest.fixture
def app(clinic_url, tmp_path):
    return make_app(clinic_url, tmp_path / "data", clinic="afiliados")


@ENGINES
@pytest.mark.skipif(not which("strace"), reason="strace is not installed")
def test_the_kernel_sees_no_connection_and_no_canary(tmp_path, engine, record_property):
    log, job = tmp_path / "strace.log", tmp_path / "job"
    job.mkdir()
    with listening() as (address, came):
        page = f"<!doctype html><meta charset=utf-8>{''.join(payloads(address, tmp_path)[:50])}"
        bounds = [sys.executable, "-I", "-S", str(BOUNDED), str(engine.megabytes), "60"]
        command = [*WATCHED, str(log), *bounds, *engine.command(job / "made.pdf", "A4")]
        environ = engines._environment(job)
        subprocess.run(command, input=page.encode(), cwd=job, env=environ, check=False, timeout=300)

    lines = log.read_text(errors="replace").splitlines()
    connects = [line for line in lines if "connect(" in line and "AF_INET" in line]
    opened = [line for line in lines if "canary.txt" in line and not re.search(r"= -1 E", line)]
    record_property("system_calls", len(lines))
    record_property("connects", len(connects))
    assert lines
    # Qt looks for printers on this machine: where there is no line, even that leads nowhere.
    nowhere = re.compile(r"= -1 E(NETUNREACH|ADDRNOTAVAIL)")
    assert [line for line in connects if not nowhere.search(line)] == []
    assert opened == []
    assert came == []


@ENGINES
def test_fifty_thousand_rows_end_within_the_bounds(app, tmp_path, engine, record_property):
    html = printed(app, "Todas", [(f"Medicina {n}", "Una al día.") for n in range(50_000)])
    began = time.monotonic()

    try:
        content = engine.make(html, "A4", tmp_path)
    except PdfFailed:
        content = b""

    record_property("seconds", round(time.monotonic() - began, 1))
    record_property("made", bool(content))
    assert SECRET.encode() not in content


def test_of_a_thousand_who_print_at_once_few_wait_and_the_others_are_told(
    tmp_path, record_property
):
    engine = Slow()
    press = Press(tmp_path, engine, at_once=2, most_waiting=8)
    told = threading.Semaphore(0)

    def ask(number):
        try:
            press.make(str(number), "A4")
        except TooManyAtOnce:
            told.release()
            return False
        return True

    with ThreadPoolExecutor(1000) as pool:
        asked = [pool.submit(ask, number) for number in range(1000)]
        for _refused in range(990):
            assert told.acquire(timeout=60)
        engine.may_end.set()
        made = sum(one.result(60) for one in asked)

    record_property("made", made)
    assert made == 10
    assert len(found_engines()) >= 1
