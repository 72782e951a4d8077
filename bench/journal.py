"""
What the journal's line of a look costs the page that shows it.

``python -m bench.journal``: Ana's list of prescriptions, asked of one process with and without the
line, in turns, on SQLite; and how fast rows are written with and without a sealer beside them.
"""

import statistics
import tempfile
import threading
import time
from pathlib import Path
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient

from clinicweb.audit.sealing_actions import seal
from clinicweb.audit.verifying import verify
from clinicweb.core import db, migrate
from tests import cast
from tests.audit.journal import write
from tests.checked_client import CheckedClient
from tests.documents.world import fill_papers, paper_of
from tests.family.world import fill_family
from tests.pages import make_app, sign_in

ROUNDS, LINES = 400, 500
"""How often each page is asked, and how many lines are written."""


def _page_milliseconds(folder: Path) -> tuple[float, float]:
    app = make_app(f"sqlite:///{folder}/clinic.db", folder, clinic="afiliados")
    ana = _plain(sign_in(app, cast.ANA), app)
    person, _paper = paper_of("1001", "active")
    path = f"/servicios/recetas/{person}"
    with_line, without = [], []
    for _round in range(ROUNDS):
        with_line.append(_asked(ana, path))
        with patch("clinicweb.documents.views.note_opened"):
            without.append(_asked(ana, path))
    # What other work on the machine takes away is in the slower ones.
    return statistics.quantiles(with_line)[0], statistics.quantiles(without)[0]


def _plain(checked: CheckedClient, app: Flask) -> FlaskClient:
    """The same browser without the looking at each page, which takes longer than the page."""
    client = FlaskClient(app, use_cookies=True)
    cookie = checked.get_cookie("clinicweb")
    assert cookie is not None
    client.set_cookie("clinicweb", cookie.value)
    return client


def _asked(browser: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    assert browser.get(path, buffered=True).status_code == 200
    return (time.perf_counter() - began) * 1000


def _lines_a_second(*, sealing: bool) -> float:
    stop = threading.Event()

    def chain() -> None:
        while not stop.wait(0.2):
            seal()

    sealer = threading.Thread(target=chain)
    if sealing:
        sealer.start()
    writers = [threading.Thread(target=write, args=(range(LINES),)) for _writer in range(4)]
    began = time.perf_counter()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    seconds = time.perf_counter() - began
    stop.set()
    if sealing:
        sealer.join()
    return 4 * LINES / seconds


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/clinic.db"
        migrate.upgrade(url)
        database = db.Database(url)
        with database.writing() as session:
            cast.fill(session)
            fill_family(session)
            fill_papers(session)
        database.dispose()
        with_line, without = _page_milliseconds(folder)
        ratio = with_line / without
        print(f"page without, with its line: {without:.2f}, {with_line:.2f} ms; ratio {ratio:.3f}")
        alone, beside = _lines_a_second(sealing=False), _lines_a_second(sealing=True)
        print(f"lines a second alone, beside a sealer: {alone:.0f}, {beside:.0f}")
        seal()
        found = verify()
        print(f"verified: {found.rows} rows, {len(found.findings)} findings")
        db.current().dispose()


if __name__ == "__main__":
    main()
