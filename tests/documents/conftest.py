"""Ana's family with something on paper for each of them, where one account acts for all."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from clinicweb.core import db
from clinicweb.documents import pdf, signing
from clinicweb.documents.seal_actions import seal_issued
from tests.documents.sealing import ADDRESS, RULES, ready_to_seal
from tests.documents.world import Quick, fill_papers
from tests.family.world import fill_family
from tests.pages import make_app


@pytest.fixture
def app(clinic_url: str, tmp_path: Path) -> Iterator[Flask]:
    database = db.Database(clinic_url)
    with database.writing() as session:
        fill_family(session)
        fill_papers(session)
    database.dispose()
    made = make_app(clinic_url, tmp_path, clinic="afiliados")
    # What the engines make is looked at elsewhere.
    pdf.use(pdf.Press(tmp_path / "papers", Quick()))
    yield made
    db.current().dispose()


@pytest.fixture
def sealing_app(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    ready_to_seal(tmp_path)
    yield app
    signing.use(None)


@pytest.fixture
def seal(app: Flask) -> Callable[[], int]:
    def sealing() -> int:
        with app.app_context():
            return seal_issued(RULES, ADDRESS)

    return sealing
